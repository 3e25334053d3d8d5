<?php

declare(strict_types=1);

namespace UserCom\Error;

use UserCom\Error;
use UserCom\Status;

/** The run stopped because this is not the service (a wrong subdomain?), or not with this method. */
final class WrongEndpoint extends Error
{
    protected const STATUS = Status::WRONG_ENDPOINT;
}
