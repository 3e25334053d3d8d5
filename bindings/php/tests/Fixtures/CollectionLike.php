<?php

declare(strict_types=1);

namespace UserCom\Tests\Fixtures;

use ArrayIterator;
use Countable;
use IteratorAggregate;
use JsonSerializable;

/** As Laravel's Collection: it iterates over its items, and has its own idea of JSON. */
final class CollectionLike implements IteratorAggregate, Countable, JsonSerializable
{
    public function __construct(private readonly array $items)
    {
    }

    public function getIterator(): ArrayIterator
    {
        return new ArrayIterator($this->items);
    }

    public function count(): int
    {
        return count($this->items);
    }

    public function jsonSerialize(): array
    {
        return $this->items;
    }
}
