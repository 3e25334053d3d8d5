<?php

declare(strict_types=1);

namespace UserCom\Internal;

use UserCom\Error\InvalidArgument;

/**
 * Rows of id and value as C takes them: the ids, the distinct values, and for each id the number of its value.
 *
 * @internal
 */
final class Rows
{
    public readonly IdList $ids;
    /** @var array<string, int> the number of each distinct JSON text */
    private array $numbers = [];
    /** @var array<string, int> the number of each text and integer that was there */
    private array $seen = [];
    /** @var list<string> */
    private array $values = [];
    /** @var list<int> */
    private array $valueOf = [];

    /** @param iterable<mixed> $rows [id, value] pairs, or an array of id => value */
    public function __construct(iterable $rows, bool $customIds)
    {
        $isMap = \is_array($rows) && !array_is_list($rows);
        if ($isMap && \is_int(array_key_first($rows)) && self::looksLikePair(reset($rows), $customIds)) {
            // What array_filter() leaves of a list of pairs: its keys would be taken for ids.
            throw new InvalidArgument('rows: has keys with gaps, and its first value looks like an [id, value] pair; '
                . 'give array_values($rows) for pairs, or pairs of id and list where each value is a list');
        }
        $ids = [];
        foreach ($rows as $key => $row) {
            [$id, $value] = $isMap ? [$key, $row] : self::pair($key, $row, \count($ids));
            $this->valueOf[] = $this->number($value, \count($ids));
            $ids[] = $id;
        }
        $this->ids = $customIds ? IdList::custom($ids) : IdList::numeric($ids);
    }

    /** The `json_values` for C. */
    public function values(): Texts
    {
        return new Texts($this->values);
    }

    /** The `value_index` for C; null for no rows. */
    public function valueIndex(): ?\FFI\CData
    {
        $count = \count($this->valueOf);
        if ($count === 0) {
            return null;
        }
        $memory = Library::get()->new("uint32_t[$count]");
        foreach ($this->valueOf as $position => $number) {
            $memory[$position] = $number;
        }

        return $memory;
    }

    /** @return array{mixed, mixed} */
    private static function pair(mixed $key, mixed $row, int $position): array
    {
        if (\is_int($key) && \is_array($row) && array_is_list($row) && \count($row) === 2) {
            return $row;
        }
        throw new InvalidArgument("rows: the row at position $position (counted from 0) " . (\is_int($key)
            ? 'is not an [id, value] pair'
            : 'has a key that is a ' . get_debug_type($key) . '; yield [id, value] pairs'));
    }

    /** The number of this value, which is a new one only if the value is. */
    private function number(mixed $value, int $position): int
    {
        // Most rows have a value that another row had before: it is not encoded again.
        $known = match (true) {
            \is_string($value) => "s$value",
            \is_int($value) => "i$value",
            default => null,
        };
        $number = $known === null ? null : $this->seen[$known] ?? null;
        if ($number === null) {
            $json = Encoder::json($value, "rows: the value at position $position (counted from 0)");
            $number = $this->numbers[$json] ?? null;
            if ($number === null) {
                $number = $this->numbers[$json] = \count($this->values);
                $this->values[] = $json;
            }
            if ($known !== null) {
                $this->seen[$known] = $number;
            }
        }

        return $number;
    }

    private static function looksLikePair(mixed $row, bool $customIds): bool
    {
        return \is_array($row) && array_is_list($row) && \count($row) === 2
            && (\is_int($row[0]) || (\is_string($row[0]) && ($customIds || ctype_digit($row[0]))));
    }
}
