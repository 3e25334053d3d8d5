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
    private static ?\FFI\CData $progress = null;
    private static ?\FFI\CData $log = null;

    private readonly int $number;
    /** The `userdata` for C, which stays valid as long as this object. */
    public readonly \FFI\CData $userdata;
    private readonly \FFI\CData $memory;

    public function __construct(Hooks|LogSink $object)
    {
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

                return $object instanceof Hooks ? $object->report($progress) : 0;
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
                    $object->write($level, $message);
                }
            };
        }

        return self::$log[0];
    }

    private static function object(?\FFI\CData $userdata): Hooks|LogSink|null
    {
        $number = $userdata === null ? 0 : Library::get()->cast('intptr_t *', $userdata)[0];

        return self::$objects[$number] ?? null;
    }
}
