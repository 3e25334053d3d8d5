<?php

declare(strict_types=1);

namespace UserCom\Internal;

/**
 * Calls a caller's function from within C, where nothing may leave it but a result: an exception or an exit() that
 * reached the native library would end the process in the middle of its work.
 *
 * @internal
 */
final class Guard
{
    private static bool $isInside = false;

    /**
     * @throws ScriptEnd if the function called exit()
     * @throws \Throwable what the function throws
     */
    public static function call(\Closure $body): mixed
    {
        $putOff = Signals::arePutOff();
        try {
            return self::guarded(static function () use ($body, $putOff): mixed {
                if ($putOff) {
                    Signals::allow();
                }

                return $body();
            });
        } finally {
            if ($putOff) {
                Signals::putOff();
            }
        }
    }

    private static function guarded(\Closure $body): mixed
    {
        if (self::$isInside || self::mayNeedFibers()) {
            return $body();
        }
        $result = $thrown = null;
        $hasReturned = false;
        // What runs while a fiber is taken away may do everything, but exit() ends no more than the fiber.
        $fiber = new \Fiber(static function () use ($body, &$result, &$thrown, &$hasReturned): void {
            try {
                \Fiber::suspend();
            } finally {
                try {
                    $result = $body();
                } catch (\Throwable $e) {
                    $thrown = $e;
                }
                $hasReturned = true;
            }
        });
        try {
            $fiber->start();
        } catch (\FiberError) {
            return $body(); // the run itself is called by a destructor, where PHP switches no fibers
        }
        self::$isInside = true;
        unset($fiber);
        self::$isInside = false;
        if (!$hasReturned) {
            throw new ScriptEnd();
        }
        if ($thrown !== null) {
            Trace::join($thrown, new \Exception());
            throw $thrown;
        }

        return $result;
    }

    /** Nobody can switch fibers in what runs here: it is for scripts that have no use for them. */
    private static function mayNeedFibers(): bool
    {
        return \Fiber::getCurrent() !== null || class_exists('Revolt\EventLoop', false)
            || \function_exists('React\Async\await');
    }
}
