<?php

declare(strict_types=1);

namespace UserCom\Internal;

use UserCom\Date;
use UserCom\Error\InvalidArgument;
use UserCom\Json;

/**
 * A value of PHP as the one JSON text that is sent. Not json_encode() as a whole: it asks JsonSerializable before it
 * knows a date, writes floats as an ini setting says, makes an object of a list with gaps, and sends the public
 * properties of whatever object it meets.
 *
 * @internal
 */
final class Encoder
{
    private const FLAGS = \JSON_THROW_ON_ERROR
        | \JSON_UNESCAPED_UNICODE | \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_LINE_TERMINATORS;

    private const DEPTH = 100;

    /** More than the native library takes: it says so itself, unless the value would not end within memory. */
    private const SIZE = 1 << 20;

    private int $size = 0;

    private function __construct(private readonly string $argument)
    {
    }

    /** @throws InvalidArgument when there is no exact JSON for it; `$argument` is named in the message */
    public static function json(mixed $value, string $argument = 'value'): string
    {
        return $value instanceof Json
            ? (string) Library::text($argument, (string) $value)
            : (new self($argument))->encode($value, $argument, 0);
    }

    private function encode(mixed $value, string $path, int $depth): string
    {
        if ($depth > self::DEPTH) {
            throw new InvalidArgument("$this->argument: is nested more than " . self::DEPTH . ' deep, or holds itself');
        }
        $json = match (true) {
            $value === null => 'null',
            \is_bool($value) => $value ? 'true' : 'false',
            \is_int($value) => (string) $value,
            \is_float($value) => Number::json($value, $path),
            \is_string($value) => self::string($value, $path),
            \is_array($value) => $this->elements($value, $path, $depth),
            $value instanceof Date => "\"$value\"",
            // Before JsonSerializable, which Carbon's and Nette's dates are, too.
            $value instanceof \DateTimeInterface => self::moment($value, $path),
            $value instanceof \JsonSerializable => $this->serialized($value, $path, $depth + 1),
            $value instanceof \BackedEnum => $this->encode($value->value, $path, $depth),
            $value instanceof \stdClass => $this->members((array) $value, $path, $depth),
            default => throw new InvalidArgument("$path: " . self::problem($value)),
        };
        if (\is_scalar($value)) {
            $this->size += \strlen($json);
            if ($this->size > self::SIZE) {
                $problem = 'is more than 1 MiB of JSON; at most 65536 bytes can be sent';
                throw new InvalidArgument("$this->argument: $problem");
            }
        }

        return $json;
    }

    /**
     * A list, also one with gaps as array_filter() leaves it; an object only if there is a key of text.
     *
     * @param array<mixed> $values
     */
    private function elements(array $values, string $path, int $depth): string
    {
        foreach ($values as $key => $_) {
            if (\is_string($key)) {
                return $this->members($values, $path, $depth);
            }
        }
        $list = [];
        foreach ($values as $key => $value) {
            $list[] = $this->encode($value, "{$path}[$key]", $depth + 1);
        }

        return '[' . implode(',', $list) . ']';
    }

    /** @param array<mixed> $values */
    private function members(array $values, string $path, int $depth): string
    {
        $members = [];
        foreach ($values as $key => $value) {
            // Of an object that was cast to an array, it is the name of a private property.
            $name = self::string((string) Library::text("$path: a key", (string) $key), "$path: a key");
            $members[] = "$name:" . $this->encode($value, "{$path}[$key]", $depth + 1);
        }

        return '{' . implode(',', $members) . '}';
    }

    /** What jsonSerialize() returns follows the rules of every other value. */
    private function serialized(\JsonSerializable $value, string $path, int $depth): string
    {
        $data = $value->jsonSerialize();

        return $data === $value
            ? $this->members(get_object_vars($value), $path, $depth) // as json_encode() does
            : $this->encode($data, $path, $depth);
    }

    private static function string(string $value, string $path): string
    {
        if (preg_match('//u', $value) !== 1) {
            throw new InvalidArgument("$path: is text that is not UTF-8; convert it, for example from Windows-1250 "
                . 'with iconv("CP1250", "UTF-8", $text)');
        }

        return json_encode($value, self::FLAGS);
    }

    /** RFC 3339 in UTC with as many digits of the second as there are: none, three or six. */
    private static function moment(\DateTimeInterface $moment, string $path): string
    {
        $utc = \DateTimeImmutable::createFromInterface($moment)->setTimezone(new \DateTimeZone('UTC'));
        $year = (int) $utc->format('Y');
        if ($year < 1 || $year > 9999) {
            throw new InvalidArgument("$path: the year of {$utc->format('Y-m-d')} (in UTC) does not have four digits; "
                . 'use a date & time from 0001 to 9999');
        }
        $fraction = match (true) {
            $utc->format('u') === '000000' => '',
            str_ends_with($utc->format('u'), '000') => '.v',
            default => '.u',
        };

        return $utc->format("\"Y-m-d\\TH:i:s$fraction\\Z\"");
    }

    /** Why there is no JSON for it, and what to give instead. */
    private static function problem(mixed $value): string
    {
        $type = 'is of type ' . get_debug_type($value);

        return match (true) {
            $value instanceof Json => 'holds a UserCom\Json inside of an array or object; '
                . 'give the whole value as one UserCom\Json',
            $value instanceof \DateInterval => "$type, a duration; send a number, or the date & time that it leads to",
            $value instanceof \UnitEnum => "$type, an enum without values; send ->name, or make it a backed enum",
            $value instanceof \Closure => "$type; call it and send what it returns",
            $value instanceof \Traversable => "$type; send an array: iterator_to_array(\$value)",
            $value instanceof \Stringable => "$type; send (string) \$value",
            default => "$type; use bool, int, float, string, UserCom\\Date, DateTimeInterface, array, stdClass, "
                . 'a backed enum, JsonSerializable or UserCom\Json',
        };
    }
}
