<?php

declare(strict_types=1);

namespace UserCom\Internal;

use UserCom\Progress;

/**
 * The hooks of a run: its progress callback, what a callback threw, and whether the run is to stop.
 *
 * @internal
 */
final class Hooks
{
    private ?\Throwable $thrown = null;

    public function __construct(private readonly ?\Closure $progress, private readonly ?LogSink $log)
    {
        if ($log !== null) {
            $log->thrown = null;
        }
    }

    /** Without a callback there is nothing to call. */
    public function isNeeded(): bool
    {
        return $this->progress !== null || $this->log !== null || Signals::areExpected();
    }

    /** @return int what C takes: other than 0 cancels the run */
    public function report(\FFI\CData $progress): int
    {
        if (($this->thrown ?? $this->log?->thrown) !== null) {
            return 1;
        }
        try {
            return Guard::call(fn (): mixed => $this->call($progress)) === false ? 1 : 0;
        } catch (\Throwable $e) {
            Trace::clean($e);
            $this->thrown = $e;

            return 1;
        }
    }

    /** After the run: what a callback threw. */
    public function rethrow(): void
    {
        $thrown = $this->thrown ?? $this->log?->thrown;
        if ($thrown instanceof ScriptEnd) {
            ScriptEnd::now();
        }
        if ($thrown !== null) {
            throw $thrown;
        }
    }

    private function call(\FFI\CData $progress): mixed
    {
        if ($this->progress === null) {
            return null; // called to give signal handlers an opportunity
        }
        $ffi = Library::get();

        return ($this->progress)(new Progress(
            done: $ffi->uc_progress_done($progress),
            total: $ffi->uc_progress_total($progress),
            confirmed: $ffi->uc_progress_confirmed($progress),
            rejected: $ffi->uc_progress_rejected($progress),
            requests: $ffi->uc_progress_requests($progress),
            expectedRejected: $ffi->uc_progress_expected_rejected($progress),
            requestsLeft: $ffi->uc_progress_requests_left($progress),
            timeLeft: $ffi->uc_progress_time_left_ms($progress) / 1000,
            waiting: $ffi->uc_progress_waiting_ms($progress) / 1000,
        ));
    }
}
