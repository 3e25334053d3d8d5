<?php

declare(strict_types=1);

namespace UserCom\Internal;

use UserCom\Error\InvalidArgument;

/**
 * A float as the shortest text that means exactly this number, laid out as the native library does, so that every
 * language sends the same bytes. No ini setting and no locale has a say in it.
 *
 * @internal
 */
final class Number
{
    /** @throws InvalidArgument for NAN and INF */
    public static function json(float $number, string $path): string
    {
        if (!is_finite($number)) {
            throw new InvalidArgument(
                "$path: is $number, which does not exist in JSON; send a number or leave the ids out"
            );
        }
        $shortest = sprintf('%.*h', -1, $number);
        preg_match('/^(-?)(\d+)\.?(\d*)(?:e([+-]\d+))?$/D', $shortest, $part);
        [, $sign, $whole, $fraction] = $part;
        $digits = ltrim($whole . $fraction, '0');
        // How many digits are before the point: 0 for 0.12, -1 for 0.012.
        $point = \strlen($digits) - \strlen($fraction) + (int) ($part[4] ?? 0);
        $digits = rtrim($digits, '0');
        $count = \strlen($digits);

        return $sign . match (true) {
            $digits === '' => '0.0',
            $point > 16 || $point < -4 => $digits[0] . ($count > 1 ? '.' . substr($digits, 1) : '')
                . sprintf('e%+d', $point - 1),
            $point <= 0 => '0.' . str_repeat('0', -$point) . $digits,
            $count <= $point => str_pad($digits, $point, '0') . '.0',
            default => substr($digits, 0, $point) . '.' . substr($digits, $point),
        };
    }
}
