<?php

declare(strict_types=1);

namespace UserCom\Internal;

use UserCom\Error\InvalidArgument;

/**
 * Numbers of PHP as the numbers that C takes; null stays null. What their bounds are, the library knows.
 *
 * @internal
 */
final class Units
{
    /** Seconds as milliseconds, rounded up so that little does not become none. */
    public static function milliseconds(string $argument, ?float $seconds): ?int
    {
        if ($seconds === null) {
            return null;
        }
        if (!is_finite($seconds) || $seconds <= 0 || $seconds > 1e12) {
            throw new InvalidArgument("$argument: is $seconds; give seconds above 0, or null for the default");
        }

        // Without the rounding, what is not exact in binary would end one too high.
        return max(1, (int) ceil(round($seconds * 1000, 6)));
    }

    /** A whole number that fits every unsigned type of C. */
    public static function whole(string $argument, ?int $number): ?int
    {
        if ($number !== null && ($number < 0 || $number > 0x7FFF_FFFF)) {
            throw new InvalidArgument("$argument: is $number; give a number from 0 to 2147483647");
        }

        return $number;
    }

    /**
     * Requests per second as requests in a number of milliseconds.
     *
     * @return array{int|null, int}
     */
    public static function rate(string $argument, ?float $perSecond): array
    {
        if ($perSecond === null) {
            return [null, 0];
        }
        if (!is_finite($perSecond) || $perSecond < 0 || $perSecond > 1e6) {
            throw new InvalidArgument(
                "$argument: is $perSecond; give requests per second, 0.1 to 1000, or 0 for no limit"
            );
        }
        $perMillionMs = (int) round($perSecond * 1000);

        // 0 would mean "no limit": what is too little must stay too little.
        return [$perSecond > 0 ? max(1, $perMillionMs) : 0, 1_000_000];
    }
}
