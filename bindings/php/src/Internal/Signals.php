<?php

declare(strict_types=1);

namespace UserCom\Internal;

/**
 * Puts off PHP's signal handlers while the native library works. With pcntl_async_signals() PHP would call them at
 * the entry of a callback, before it can catch what they throw; so a callback asks for them itself.
 *
 * @internal
 */
final class Signals
{
    private static bool $arePutOff = false;

    /** Whether handlers are called on their own, so that a run must give them an opportunity. */
    public static function areExpected(): bool
    {
        return self::$arePutOff || (\function_exists('pcntl_async_signals') && pcntl_async_signals());
    }

    /** @param \Closure(): int $call of C */
    public static function putOff(\Closure $call): int
    {
        if (self::$arePutOff || !self::areExpected()) {
            return $call();
        }
        pcntl_async_signals(false);
        self::$arePutOff = true;
        try {
            return $call();
        } finally {
            self::$arePutOff = false;
            pcntl_async_signals(true);
        }
    }

    /** Calls the handlers of signals that came meanwhile. */
    public static function dispatch(): void
    {
        if (self::areExpected()) {
            pcntl_signal_dispatch();
        }
    }
}
