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

    public static function arePutOff(): bool
    {
        return self::$arePutOff;
    }

    /** @param \Closure(): int $call of C */
    public static function putOffDuring(\Closure $call): int
    {
        if (!self::areExpected()) {
            return $call();
        }
        self::putOff();
        try {
            return $call();
        } finally {
            self::$arePutOff = false;
            pcntl_async_signals(true);
        }
    }

    public static function putOff(): void
    {
        self::$arePutOff = true;
        pcntl_async_signals(false);
    }

    /** Calls the handlers of signals that came meanwhile, and those of others at once again. */
    public static function allow(): void
    {
        self::$arePutOff = false;
        pcntl_async_signals(true);
        pcntl_signal_dispatch();
    }
}
