<?php

declare(strict_types=1);

namespace UserCom\Internal;

use UserCom\Cancel;

/**
 * The settings of one run, for C, and what must live as long as they do.
 *
 * @internal
 */
final class RunOptions
{
    public readonly Handle $handle;
    public readonly Watch $watch;
    private readonly ?Callbacks $callback;

    public function __construct(
        ?LogSink $log,
        ?callable $progress,
        ?float $deadline,
        ?float $patience,
        ?int $maxRequests,
        bool $standardAttributes,
        bool $allowNull,
        bool $dryRun,
        private readonly ?Cancel $cancel,
    ) {
        $ffi = Library::get();
        $this->handle = Handle::make('uc_run_options_new', 'uc_run_options_free');
        $options = $this->handle->pointer;
        if ($deadline !== null) {
            Library::check($ffi->uc_run_options_set_deadline_ms($options, Units::milliseconds('deadline', $deadline)));
        }
        if ($patience !== null) {
            Library::check($ffi->uc_run_options_set_patience_ms($options, Units::milliseconds('patience', $patience)));
        }
        if ($maxRequests !== null) {
            $requests = Units::whole('maxRequests', $maxRequests);
            Library::check($ffi->uc_run_options_set_max_requests($options, $requests));
        }
        Library::check($ffi->uc_run_options_set_standard_attributes($options, (int) $standardAttributes));
        Library::check($ffi->uc_run_options_set_allow_null($options, (int) $allowNull));
        Library::check($ffi->uc_run_options_set_dry_run($options, (int) $dryRun));
        Library::check($ffi->uc_run_options_set_cancel($options, $cancel?->handle()->pointer));

        $this->watch = new Watch($progress === null ? null : $progress(...), $log);
        $this->callback = $this->watch->isNeeded() ? new Callbacks($this->watch) : null;
        if ($this->callback !== null) {
            Library::check(
                $ffi->uc_run_options_set_progress($options, Callbacks::progress(), $this->callback->userdata)
            );
        }
    }
}
