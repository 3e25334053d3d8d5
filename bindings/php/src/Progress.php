<?php

declare(strict_types=1);

namespace UserCom;

/** How far a run has come. */
final class Progress
{
    /**
     * @param int $done ids that are settled: confirmed or rejected
     * @param int $total ids that are sent in this run; one that comes twice counts once
     * @param int $confirmed ids in batches that the service accepted
     * @param int $rejected ids that were refused
     * @param int $requests requests sent so far
     * @param float $waiting seconds that the run will still hold back before it sends again; 0 while requests are
     *     under way
     */
    public function __construct(
        public readonly int $done,
        public readonly int $total,
        public readonly int $confirmed,
        public readonly int $rejected,
        public readonly int $requests,
        public readonly float $waiting,
    ) {
    }
}
