<?php

declare(strict_types=1);

namespace UserCom\Internal;

use UserCom\Date;
use UserCom\Error\InvalidArgument;
use UserCom\Json;

/**
 * A value of PHP as the one JSON text that is sent.
 *
 * @internal
 */
final class Encoder
{
    private const FLAGS = \JSON_THROW_ON_ERROR | \JSON_PRESERVE_ZERO_FRACTION
        | \JSON_UNESCAPED_UNICODE | \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_LINE_TERMINATORS;

    private const DEPTH = 100;

    /** @throws InvalidArgument when there is no exact JSON for it; `$argument` is named in the message */
    public static function json(mixed $value, string $argument = 'value'): string
    {
        if ($value instanceof Json) {
            return (string) Library::text($argument, (string) $value);
        }
        $plain = self::plain($value, $argument);
        try {
            return self::withExactFloats(static fn (): string => json_encode($plain, self::FLAGS));
        } catch (\JsonException $e) {
            throw new InvalidArgument("$argument: can't be JSON: {$e->getMessage()}", previous: $e);
        }
    }

    /** Replaces dates, and throws where json_encode() would send something that nobody meant. */
    private static function plain(mixed $value, string $argument, int $depth = 0): mixed
    {
        return match (true) {
            $value === null, \is_bool($value), \is_int($value), $value instanceof Date,
                $value instanceof \JsonSerializable => $value,
            \is_string($value) => self::string($value, $argument),
            \is_float($value) => is_finite($value) ? $value : throw new InvalidArgument(
                "$argument: is $value, which does not exist in JSON; send a number or leave the ids out"
            ),
            $value instanceof \DateTimeInterface => self::moment($value, $argument),
            $value instanceof \BackedEnum => $value->value,
            \is_array($value) => self::elements($value, $argument, $depth + 1),
            $value instanceof \stdClass => (object) self::elements((array) $value, $argument, $depth + 1),
            $value instanceof Json => throw new InvalidArgument(
                "$argument: holds a UserCom\\Json inside of an array; give the whole value as one UserCom\\Json"
            ),
            default => throw new InvalidArgument("$argument: is of type " . get_debug_type($value) . '; use bool, int, '
                . 'float, string, UserCom\Date, DateTimeInterface, array, JsonSerializable or UserCom\Json'),
        };
    }

    /**
     * @param array<mixed> $values
     *
     * @return array<mixed>
     */
    private static function elements(array $values, string $argument, int $depth): array
    {
        if ($depth > self::DEPTH) {
            throw new InvalidArgument('value: is nested more than ' . self::DEPTH . ' deep, or holds itself');
        }
        $plain = []; // a new array: the caller's may hold references
        foreach ($values as $key => $value) {
            $plain[$key] = self::plain($value, "{$argument}[$key]", $depth);
        }

        return $plain;
    }

    private static function string(string $value, string $argument): string
    {
        if (preg_match('//u', $value) !== 1) {
            throw new InvalidArgument("$argument: is text that is not UTF-8; convert it, for example from Windows-1250 "
                . 'with iconv("CP1250", "UTF-8", $text)');
        }

        return (string) Library::text($argument, $value);
    }

    /** RFC 3339 in UTC with as many digits of the second as there are: none, three or six. */
    private static function moment(\DateTimeInterface $moment, string $argument): string
    {
        $utc = \DateTimeImmutable::createFromInterface($moment)->setTimezone(new \DateTimeZone('UTC'));
        if (preg_match('/^\d{4}$/D', $utc->format('Y')) !== 1) {
            throw new InvalidArgument("$argument: the year of {$utc->format('Y-m-d')} does not have four digits");
        }
        $fraction = match (true) {
            $utc->format('u') === '000000' => '',
            str_ends_with($utc->format('u'), '000') => '.v',
            default => '.u',
        };

        return $utc->format("Y-m-d\\TH:i:s$fraction\\Z");
    }

    /**
     * json_encode() writes floats as the ini setting serialize_precision says; -1, its default, is the shortest text
     * that means exactly the number.
     *
     * @param callable(): string $encode
     */
    private static function withExactFloats(callable $encode): string
    {
        $setting = (string) \ini_get('serialize_precision');
        if ($setting === '-1') {
            return $encode();
        }
        ini_set('serialize_precision', '-1');
        try {
            return $encode();
        } finally {
            ini_set('serialize_precision', $setting);
        }
    }
}
