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
    /**
     * @throws ScriptEnd if the function called exit()
     * @throws \Throwable what the function throws
     */
    public static function call(\Closure $body): mixed
    {
        if (\Fiber::getCurrent() !== null) {
            return $body(); // in a fiber of the caller's own, which the function may want to suspend
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
        $fiber->start();
        unset($fiber);
        if (!$hasReturned) {
            throw new ScriptEnd();
        }
        if ($thrown !== null) {
            Trace::join($thrown, new \Exception());
            throw $thrown;
        }

        return $result;
    }
}
