<?php

declare(strict_types=1);

namespace UserCom\Internal;

/**
 * Takes the arguments of this package's own calls out of an exception's stack trace. Among them are the token, which
 * PHP hides from 8.2 on only, and pointers to memory that is freed when the run has ended: whoever shows a trace with
 * its arguments, as error pages do, would follow them and crash.
 *
 * @internal
 */
final class Trace
{
    public static function clean(\Throwable $e): void
    {
        for ($one = $e; $one !== null; $one = $one->getPrevious()) {
            self::set($one, array_map(self::frame(...), $one->getTrace()));
        }
    }

    /** Appends who called the guard to a trace that ends in it: a fiber's trace does not go on outside of the fiber. */
    public static function join(\Throwable $e, \Exception $here): void
    {
        $frames = $e->getTrace();
        $last = end($frames);
        if ($last !== false && ($last['class'] ?? '') === Guard::class && !isset($last['file'])) {
            self::set($e, [...$frames, ...$here->getTrace()]);
        }
    }

    /** @param list<array<string, mixed>> $frames */
    private static function set(\Throwable $e, array $frames): void
    {
        // Exception and Error keep it private and final; there is no other way.
        $class = $e instanceof \Exception ? \Exception::class : \Error::class;
        (new \ReflectionProperty($class, 'trace'))->setValue($e, $frames);
    }

    /**
     * @param array<string, mixed> $frame
     *
     * @return array<string, mixed>
     */
    private static function frame(array $frame): array
    {
        $class = $frame['class'] ?? '';
        $isOurs = $class === \FFI::class || str_starts_with($class, 'UserCom\\')
            || ($class === '' && str_starts_with($frame['function'], 'UserCom\\'));
        if ($isOurs) {
            unset($frame['args']);
        }

        return $frame;
    }
}
