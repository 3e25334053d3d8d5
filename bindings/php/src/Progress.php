<?php

declare(strict_types=1);

namespace UserCom;

/** How far a run has come. */
final class Progress
{
    /**
     * @param int $done ids that are confirmed or rejected
     * @param int $total ids that are sent in this run; one that comes twice counts once
     * @param int $confirmed ids in batches that the service accepted
     * @param int $rejected ids that the service rejected
     * @param int $requests requests sent so far
     * @param int $expectedRejected about how many ids are bad: those that were rejected, and those that are expected
     *     among the others
     * @param int $requestsLeft about how many more requests the run needs
     * @param float $timeLeft about how many seconds the rest of the run takes
     * @param float $waiting seconds that the run still waits before it sends again; 0 while requests are in flight
     */
    public function __construct(
        public readonly int $done,
        public readonly int $total,
        public readonly int $confirmed,
        public readonly int $rejected,
        public readonly int $requests,
        public readonly int $expectedRejected,
        public readonly int $requestsLeft,
        public readonly float $timeLeft,
        public readonly float $waiting,
    ) {
    }
}
