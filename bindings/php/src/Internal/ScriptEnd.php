<?php

declare(strict_types=1);

namespace UserCom\Internal;

/**
 * A callback called exit(). The run is cancelled first, then the script ends.
 *
 * @internal
 */
final class ScriptEnd extends \Exception
{
    public static function now(): never
    {
        if (\PHP_VERSION_ID < 80400) {
            exit; // with the status that the callback gave
        }
        exit(1); // since PHP 8.4 that status is lost
    }
}
