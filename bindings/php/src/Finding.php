<?php

declare(strict_types=1);

namespace UserCom;

/** What a {@see Check} found at one thing. */
enum Finding: string
{
    case Ok = 'ok';
    /** It may be a problem, or can't be known. */
    case Warning = 'warning';
    /** An update can't work with it. */
    case Failed = 'failed';
}
