<?php

declare(strict_types=1);

namespace UserCom\Tests\Fixtures;

use Closure;
use Generator;
use IteratorAggregate;

/**
 * As Laravel's LazyCollection: each loop over it starts its generator again.
 *
 * @implements IteratorAggregate<mixed, mixed>
 */
final class LazyCollectionLike implements IteratorAggregate
{
    public function __construct(private readonly Closure $source)
    {
    }

    public function getIterator(): Generator
    {
        return ($this->source)();
    }
}
