<?php

declare(strict_types=1);

namespace UserCom\Internal;

use UserCom\Error\InvalidArgument;

/**
 * Ids in memory that C can read.
 *
 * @internal
 */
final class IdList
{
    private const COLUMN = '; give one column and not rows: PDO::FETCH_COLUMN, array_column($rows, "id") '
        . 'or ->pluck("id")';

    /**
     * @param \FFI\CData|null $pointer the argument for C; null for an empty list
     * @param Texts|null $texts what the pointers of custom ids point into
     */
    private function __construct(
        public readonly int $count,
        public readonly ?\FFI\CData $pointer,
        private readonly ?Texts $texts,
    ) {
    }

    /**
     * User.com's own ids.
     *
     * @param iterable<mixed> $ids
     * @param string $method which takes the customer's own ids instead
     */
    public static function numeric(iterable $ids, string $method = 'massUpdateCustomIds'): self
    {
        $ids = self::toArray('ids', $ids);
        $count = \count($ids);
        if ($count === 0) {
            return new self(0, null, null);
        }
        // Measured: for a million ids this loop takes a third of what pack('q*') in chunks and memcpy take.
        $memory = Library::get()->new("int64_t[$count]");
        $position = 0;
        foreach ($ids as $id) {
            $memory[$position] = \is_int($id) ? $id : self::parse($id, $position, $method);
            ++$position;
        }

        return new self($count, $memory, null);
    }

    /**
     * The customer's own ids.
     *
     * @param iterable<mixed> $ids
     */
    public static function custom(iterable $ids): self
    {
        $checked = [];
        foreach (self::toArray('customIds', $ids) as $id) {
            $checked[] = \is_string($id) && !str_contains($id, "\0") ? $id : self::customId($id, \count($checked));
        }
        self::requireUtf8($checked);
        $texts = new Texts($checked);

        return new self($texts->count, $texts->pointer, $texts);
    }

    /** The id at a position of the input. */
    public function at(int $position): int|string
    {
        if ($this->texts !== null) {
            return \FFI::string($this->texts->pointer[$position]);
        }

        return $this->pointer[$position];
    }

    /**
     * Keys that are numbers are positions, perhaps with gaps as array_filter() leaves them. Any other key means
     * something: it is not thrown away.
     *
     * @param iterable<mixed> $ids
     *
     * @return array<mixed>
     */
    private static function toArray(string $argument, iterable $ids): array
    {
        if (\is_array($ids) && array_is_list($ids)) {
            return $ids;
        }
        $list = [];
        foreach ($ids as $key => $id) {
            // A generator counts from 0, also where it starts again with `yield from`: a larger key was chosen.
            if (!\is_int($key) || ($ids instanceof \Generator && $key > \count($list))) {
                throw new InvalidArgument("$argument: position " . \count($list) . ' (counted from 0) has the key '
                    . Shown::value($key) . ', so this looks like a row of a database or an array of id => value; '
                    . 'give one column of ids: PDO::FETCH_COLUMN, array_keys() or array_values(); '
                    . 'a value for each id goes to massUpdateRows' . ($argument === 'ids' ? '()' : 'CustomIds()'));
            }
            $list[] = $id;
        }

        return $list;
    }

    /** Databases and CSV files give numbers as text. */
    private static function parse(mixed $id, int $position, string $method): int
    {
        if (\is_string($id) && (string) (int) $id === $id && $id[0] !== '-') {
            return (int) $id;
        }
        throw new InvalidArgument(self::invalid('ids', $id, $position) . '; ids are whole numbers' . match (true) {
            \is_string($id) && preg_match('/^[1-9]\d{18,}$/D', $id) === 1 => ' up to ' . \PHP_INT_MAX,
            \is_string($id) => ' as User.com writes them, 123 and not 000123, +123, 123.0 or 1e3; '
                . "your own ids go to $method()",
            \is_float($id) => ' of type int, or text of digits',
            \is_array($id), \is_object($id) => self::COLUMN,
            default => '',
        });
    }

    private static function customId(mixed $id, int $position): string
    {
        if (\is_int($id)) {
            return (string) $id; // PHP makes integers of array keys such as "7"
        }
        throw new InvalidArgument(\is_string($id)
            ? "customIds: the id at position $position (counted from 0) has a NUL byte in it, which can't be sent"
            : self::invalid('customIds', $id, $position) . '; custom ids are strings'
                . ($id instanceof \Stringable ? ': give (string) $id'
                    : (\is_array($id) || \is_object($id) ? self::COLUMN : '')));
    }

    private static function invalid(string $argument, mixed $id, int $position): string
    {
        return "$argument: the id at position $position (counted from 0) is " . Shown::value($id);
    }

    /** @param list<string> $ids */
    private static function requireUtf8(array $ids): void
    {
        // All at once first: a million calls take half a second.
        if (preg_match('//u', implode("\n", $ids)) === 1) {
            return;
        }
        foreach ($ids as $position => $id) {
            if (preg_match('//u', $id) !== 1) {
                throw new InvalidArgument("customIds: the id at position $position (counted from 0) is not UTF-8");
            }
        }
    }

    /**
     * Dumps would show the memory element by element.
     *
     * @return array<string, mixed>
     */
    public function __debugInfo(): array
    {
        return ['count' => $this->count];
    }
}
