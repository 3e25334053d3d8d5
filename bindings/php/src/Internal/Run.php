<?php

declare(strict_types=1);

namespace UserCom\Internal;

use UserCom\Cancel;
use UserCom\Error;
use UserCom\Report;
use UserCom\Status;

/**
 * One run: its options and hooks for C, and how it becomes a report or an exception.
 *
 * @internal
 */
final class Run
{
    private readonly Settings $settings;
    private readonly Hooks $hooks;
    /** What C calls, kept until the run is over. */
    private readonly ?Callbacks $callback;

    /** @param array<string, mixed> $options */
    public function __construct(
        private readonly Handle $client,
        ?LogSink $log,
        array $options,
        ?callable $progress,
        private readonly ?Cancel $cancel,
    ) {
        $this->settings = new Settings('uc_run_options', Options::RUN, $options);
        $this->settings->call('set_cancel', $cancel?->handle()->pointer);
        $this->hooks = new Hooks($progress === null ? null : $progress(...), $log);
        $this->callback = $this->hooks->isNeeded() ? new Callbacks($this->hooks) : null;
        if ($this->callback !== null) {
            $this->settings->call('set_progress', Callbacks::progress(), $this->callback->userdata);
        }
    }

    public function update(string $function, IdList $ids, string $attribute, mixed $value): Report
    {
        return $this->call($function, $ids, [
            $ids->pointer,
            $ids->count,
            Library::text('attribute', $attribute),
            Encoder::json($value),
        ]);
    }

    public function updateRows(string $function, Rows $rows, string $attribute): Report
    {
        $values = $rows->values();

        return $this->call($function, $rows->ids, [
            $rows->ids->pointer,
            $rows->valueIndex(),
            $rows->ids->count,
            $values->pointer,
            $values->count,
            Library::text('attribute', $attribute),
        ], $rows);
    }

    /** @param list<mixed> $arguments what the function of C takes between client and options */
    private function call(string $function, IdList $ids, array $arguments, ?Rows $rows = null): Report
    {
        $ffi = Library::get();
        $pointer = $ffi->new('uc_report *');
        $status = Signals::putOffDuring(fn (): int => $ffi->{"uc_client_$function"}(
            $this->client->pointer,
            ...[...$arguments, $this->settings->handle->pointer, \FFI::addr($pointer)],
        ));
        $handle = new Handle($pointer, 'uc_report_free');
        if (Signals::areExpected()) {
            pcntl_signal_dispatch(); // of signals that came since the last callback
        }
        $this->hooks->rethrow();
        if ($status === Status::INVALID_ARGUMENT || \FFI::isNull($pointer)) {
            throw Error::of($status, Library::lastError($rows));
        }
        $report = new Report($handle, $ids);

        return \in_array($status, Status::COMPLETED, true)
            ? $report
            : throw Error::of($status, $report->message, $report);
    }
}
