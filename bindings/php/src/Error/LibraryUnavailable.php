<?php

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;

/** The native library or PHP's FFI is missing or switched off: the message says what to do. `->status` is null. */
final class LibraryUnavailable extends Error
{
}
