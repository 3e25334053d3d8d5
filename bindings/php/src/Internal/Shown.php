<?php

declare(strict_types=1);

namespace UserCom\Internal;

/**
 * How messages show what a caller gave.
 *
 * @internal
 */
final class Shown
{
    /** Text in quotes, shortened; of everything else no more than a number or its type. */
    public static function value(mixed $value): string
    {
        return match (true) {
            \is_string($value) => self::text($value),
            \is_int($value) => (string) $value,
            \is_float($value) => 'the float ' . self::float($value),
            default => get_debug_type($value),
        };
    }

    /** 5 and not 5.0, whatever php.ini says of floats. */
    public static function float(float $value): string
    {
        return is_finite($value) ? (string) preg_replace('/\.0$/D', '', Number::json($value, '')) : (string) $value;
    }

    /** The columns of a row that a database or a model gives; null for anything that has no names. */
    public static function columns(mixed $row): ?string
    {
        if ($row instanceof \DateTimeInterface) {
            return null;
        }
        if ($row instanceof \JsonSerializable) {
            $row = $row->jsonSerialize();
        }
        if ($row instanceof \stdClass) {
            $row = (array) $row;
        }
        if (!\is_array($row)) {
            return null;
        }
        $names = array_filter(array_keys($row), \is_string(...));

        return $names === [] ? null : implode(', ', array_map(self::text(...), \array_slice($names, 0, 4)));
    }

    private static function text(string $text): string
    {
        $text = substr($text, 0, 40);
        // What nobody sees, such as a byte order mark, is escaped.
        $hasInvisible = preg_match('/[\p{C}\p{Z}]/u', str_replace(' ', '', $text)) !== 0;

        return (string) json_encode(
            $text,
            \JSON_INVALID_UTF8_SUBSTITUTE | \JSON_UNESCAPED_SLASHES | ($hasInvisible ? 0 : \JSON_UNESCAPED_UNICODE),
        );
    }
}
