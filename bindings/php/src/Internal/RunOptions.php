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
        ?string $journalDir,
        ?float $journalMaxAge,
        bool $standardAttributes,
        bool $allowNull,
        bool $dryRun,
        private readonly ?Cancel $cancel,
    ) {
        $this->handle = Handle::make('uc_run_options_new', 'uc_run_options_free');
        $this->set('deadline_ms', Units::milliseconds('deadline', $deadline));
        $this->set('patience_ms', Units::milliseconds('patience', $patience));
        $this->set('max_requests', Units::whole('maxRequests', $maxRequests));
        $this->set('journal_dir', Library::text('journalDir', $journalDir));
        $this->set('journal_max_age_ms', Units::milliseconds('journalMaxAge', $journalMaxAge));
        $this->set('standard_attributes', (int) $standardAttributes);
        $this->set('allow_null', (int) $allowNull);
        $this->set('dry_run', (int) $dryRun);
        $this->set('cancel', $cancel?->handle()->pointer);

        $this->watch = new Watch($progress === null ? null : $progress(...), $log);
        $this->callback = $this->watch->isNeeded() ? new Callbacks($this->watch) : null;
        if ($this->callback !== null) {
            $this->set('progress', Callbacks::progress(), $this->callback->userdata);
        }
    }

    private function set(string $name, mixed $value, mixed ...$more): void
    {
        if ($value !== null) {
            Library::check(Library::get()->{"uc_run_options_set_$name"}($this->handle->pointer, $value, ...$more));
        }
    }
}
