<?php

declare(strict_types=1);

namespace UserCom;

/** What has become of an id. */
enum IdState: int
{
    /** Never sent, or not applied for a reason that concerns the whole run. */
    case NotAttempted = 0;
    /** In a batch that the service accepted. That does not prove that the user exists. */
    case Confirmed = 1;
    /** Refused, with a reason. */
    case Rejected = 2;
    /** Sent at least once, and nothing proves that it was applied or that it wasn't. */
    case Unknown = 3;
}
