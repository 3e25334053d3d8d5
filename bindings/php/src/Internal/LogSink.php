<?php

declare(strict_types=1);

namespace UserCom\Internal;

/**
 * A client's log callback, and what it threw.
 *
 * @internal
 */
final class LogSink
{
    public ?\Throwable $thrown = null;

    public function __construct(private readonly \Closure $log)
    {
    }

    public function write(int $level, string $message): void
    {
        if ($this->thrown !== null) {
            return;
        }
        try {
            Guard::call(fn (): mixed => ($this->log)($level, $message));
        } catch (\Throwable $e) {
            Trace::clean($e);
            $this->thrown = $e;
        }
    }
}
