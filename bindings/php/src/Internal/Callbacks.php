<?php

declare(strict_types=1);

namespace UserCom\Internal;

/**
 * The two functions that C calls. PHP frees the C side of a callback only at the end of the request, so there is one
 * for progress and one for logs, whatever the number of runs; `userdata` says which object is meant. An exception
 * that leaves such a function ends the process: the objects catch everything.
 *
 * @internal
 */
final class Callbacks
{
    /** @var array<int, Hooks|LogSink> */
    private static array $objects = [];
    private static int $last = 0;
    /** How many callbacks are being called at this moment: one, or more where a callback starts a run. */
    private static int $calls = 0;
    private static ?\FFI\CData $progress = null;
    private static ?\FFI\CData $log = null;

    private readonly int $number;
    /** The `userdata` for C, which stays valid as long as this object. */
    public readonly \FFI\CData $userdata;
    private readonly \FFI\CData $memory;

    public function __construct(Hooks|LogSink $object)
    {
        if (self::$last === 0) {
            register_shutdown_function(self::explainEnd(...));
        }
        $ffi = Library::get();
        $this->number = ++self::$last;
        self::$objects[$this->number] = $object;
        $this->memory = $ffi->new('intptr_t');
        $this->memory->cdata = $this->number;
        $this->userdata = \FFI::addr($this->memory);
    }

    public function __destruct()
    {
        unset(self::$objects[$this->number]);
    }

    private function __clone()
    {
    }

    public static function progress(): \FFI\CData
    {
        if (self::$progress === null) {
            self::$progress = Library::get()->new('uc_progress_fn[1]');
            self::$progress[0] = static function (?\FFI\CData $userdata, \FFI\CData $progress): int {
                $object = self::object($userdata);

                return $object instanceof Hooks ? self::counted(fn (): int => $object->report($progress)) : 0;
            };
        }

        return self::$progress[0];
    }

    public static function log(): \FFI\CData
    {
        if (self::$log === null) {
            self::$log = Library::get()->new('uc_log_fn[1]');
            self::$log[0] = static function (?\FFI\CData $userdata, int $level, string $message): void {
                $object = self::object($userdata);
                if ($object instanceof LogSink) {
                    self::counted(fn () => $object->write($level, $message));
                }
            };
        }

        return self::$log[0];
    }

    private static function counted(\Closure $call): mixed
    {
        $process = getmypid();
        ++self::$calls;
        $result = $call();
        if (getmypid() !== $process) {
            self::$calls = 0;
            // A child of pcntl_fork() has none of the library's threads: going on there would wait for ever.
            throw new \Error('usercom: a child of pcntl_fork() ends with the callback that it was made in; '
                . 'the run goes on in the parent');
        }
        --self::$calls;

        return $result;
    }

    /** A fatal error in a callback can be neither caught nor survived; PHP's own message does not say what happened. */
    private static function explainEnd(): void
    {
        if (self::$calls > 0) {
            error_log('usercom: a fatal error or the time limit ended the script inside a callback, in the middle of a '
                . 'run. So there is no report; with a journalDir, the same call resumes the run');
        }
    }

    private static function object(?\FFI\CData $userdata): Hooks|LogSink|null
    {
        $number = $userdata === null ? 0 : Library::get()->cast('intptr_t *', $userdata)[0];

        return self::$objects[$number] ?? null;
    }
}
