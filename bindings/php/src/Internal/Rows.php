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
    private const FETCH = '[id, value] pairs (PDO::FETCH_NUM) '
        . 'or an array of id => value (->fetchAll(PDO::FETCH_KEY_PAIR))';
    /** Names of columns that nobody has as a custom id. */
    private const ID_COLUMNS = ['id', 'user_id', 'custom_id'];

    public readonly IdList $ids;
    /** @var array<string, int> the number of each distinct JSON text */
    private array $numbers = [];
    /** @var array<array-key, int> the number of each text that was there; PHP makes an integer of the key "7" */
    private array $texts = [];
    /** @var array<int, int> the number of each integer that was there */
    private array $integers = [];
    /** @var list<string> */
    private array $values = [];
    /** @var list<int> */
    private array $valueOf = [];

    /** @param iterable<mixed> $rows [id, value] pairs, or an array of id => value */
    public function __construct(iterable $rows, bool $customIds)
    {
        $ids = match (true) {
            !\is_array($rows) => $this->addPairs($rows),
            array_is_list($rows) => $this->addList($rows),
            default => $this->addMap($rows, $customIds),
        };
        $this->ids = $customIds ? IdList::custom($ids) : IdList::numeric($ids, 'massUpdateRowsCustomIds');
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

    /** The first position with a value, by the number that C has for the value. */
    public function positionOf(int $number): int
    {
        return (int) array_search($number, $this->valueOf, true);
    }

    /**
     * By position and not with foreach: a variable that holds one row after the other makes PHP's cycle collector visit
     * every row, which takes longer than all the rest.
     *
     * @param list<mixed> $rows
     *
     * @return list<mixed> the ids
     */
    private function addList(array $rows): array
    {
        $ids = [];
        $count = \count($rows);
        for ($position = 0; $position < $count; ++$position) {
            if (!\is_array($rows[$position]) || \count($rows[$position]) !== 2 || !array_is_list($rows[$position])) {
                throw self::notAPair($position, $rows[$position], $position);
            }
            [$ids[], $value] = $rows[$position];
            $this->valueOf[] = $this->seen($value) ?? $this->number($value, $position);
        }

        return $ids;
    }

    /**
     * @param \Traversable<mixed> $rows
     *
     * @return list<mixed> the ids
     */
    private function addPairs(\Traversable $rows): array
    {
        $ids = [];
        $position = 0;
        foreach ($rows as $key => $row) {
            // Counted from 0, also where a generator starts again with `yield from`. A larger key may be an id.
            $isCounted = \is_int($key) && $key <= $position;
            if (!$isCounted || !\is_array($row) || \count($row) !== 2 || !array_is_list($row)) {
                throw self::notAPair($key, $row, $position);
            }
            [$ids[], $value] = $row;
            $this->valueOf[] = $this->seen($value) ?? $this->number($value, $position);
            ++$position;
        }

        return $ids;
    }

    /**
     * @param non-empty-array<mixed> $rows
     *
     * @return list<int|string> the ids
     */
    private function addMap(array $rows, bool $customIds): array
    {
        self::requireIdsAsKeys($rows, $customIds);
        $position = 0;
        foreach ($rows as $value) {
            $this->valueOf[] = $this->seen($value) ?? $this->number($value, $position);
            ++$position;
        }

        return array_keys($rows);
    }

    /**
     * Throws for arrays whose keys could be something else than ids.
     *
     * @param non-empty-array<mixed> $rows
     */
    private static function requireIdsAsKeys(array $rows, bool $customIds): void
    {
        foreach ($rows as $key => $_) {
            $isColumn = $customIds ? \in_array(strtolower((string) $key), self::ID_COLUMNS, true) : !\is_int($key);
            if ($isColumn) {
                throw new InvalidArgument('rows: has the key ' . Shown::value($key) . ($customIds
                    ? ', the name of a column,'
                    : ', which is not an id of User.com,') . ' so this looks like one row of a database; give '
                    . self::FETCH . ($customIds ? '' : '; your own ids go to massUpdateRowsCustomIds()'));
            }
        }
        // What array_filter() leaves of a list of rows: its keys would be taken for ids.
        $first = reset($rows);
        if (\is_int(array_key_first($rows)) && self::looksLikePair($first, $customIds)) {
            throw new InvalidArgument('rows: has keys with gaps, and its first value looks like an [id, value] pair; '
                . 'give array_values($rows) for pairs, or pairs of id and list where each value is a list');
        }
        if (\is_int(array_key_first($rows)) && Shown::columns($first) !== null) {
            throw new InvalidArgument('rows: its keys are numbers and its first value is a row with the columns '
                . Shown::columns($first) . ': the keys may be ids or just positions; give ' . self::FETCH
                . '; a value with names goes into a pair, too: [id, value]');
        }
        if (self::isListOfRows($first)) {
            throw new InvalidArgument('rows: its first value is a list of rows, as PDO::FETCH_GROUP gives; give '
                . self::FETCH . ', or PDO::FETCH_GROUP | PDO::FETCH_COLUMN for several choices of each user; '
                . 'a list of lists goes into a pair, too: [id, value]');
        }
    }

    private static function notAPair(mixed $key, mixed $row, int $position): InvalidArgument
    {
        $problem = match (true) {
            !\is_int($key) || $key > $position => 'has the key ' . Shown::value($key)
                . ', which may be an id or a position; '
                . 'yield [id, value] pairs without keys: iterator_to_array($rows, false); '
                . 'or give an array of id => value: iterator_to_array($rows)',
            Shown::columns($row) !== null => 'is not an [id, value] pair but a row with the columns '
                . Shown::columns($row) . '; give ' . self::FETCH,
            \is_array($row) && \count($row) === 2 => 'is not an [id, value] pair: its keys are '
                . implode(' and ', array_keys($row)) . ', not 0 and 1',
            \is_array($row) => 'is not an [id, value] pair: it has ' . \count($row) . ' columns; give ' . self::FETCH,
            default => 'is not an [id, value] pair but ' . Shown::value($row) . '; give ' . self::FETCH,
        };

        return new InvalidArgument("rows: the row at position $position (counted from 0) $problem");
    }

    /** Most rows have a value that another row had before: it is not encoded again. */
    private function seen(mixed $value): ?int
    {
        return match (true) {
            \is_string($value) => $this->texts[$value] ?? null,
            \is_int($value) => $this->integers[$value] ?? null,
            default => null,
        };
    }

    /** The number of this value, which is a new one only if its JSON is. */
    private function number(mixed $value, int $position): int
    {
        $json = Encoder::json($value, "rows: the value at position $position (counted from 0)");
        $number = $this->numbers[$json] ?? null;
        if ($number === null) {
            $number = $this->numbers[$json] = \count($this->values);
            $this->values[] = $json;
        }
        if (\is_string($value)) {
            $this->texts[$value] = $number;
        } elseif (\is_int($value)) {
            $this->integers[$value] = $number;
        }

        return $number;
    }

    private static function isListOfRows(mixed $value): bool
    {
        return \is_array($value) && isset($value[0]) && array_is_list($value)
            && (\is_array($value[0]) || Shown::columns($value[0]) !== null);
    }

    private static function looksLikePair(mixed $row, bool $customIds): bool
    {
        return \is_array($row) && array_is_list($row) && \count($row) === 2
            && (\is_int($row[0]) || (\is_string($row[0]) && ($customIds || preg_match('/^\d+$/D', $row[0]) === 1)));
    }
}
