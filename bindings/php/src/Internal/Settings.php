<?php

declare(strict_types=1);

namespace UserCom\Internal;

use UserCom\Error\InvalidArgument;

/**
 * The options of a client or of a run in the native library, which also checks their bounds.
 *
 * @internal
 */
final class Settings
{
    /** 30,000 years: what is too long for an option, the native library says itself. */
    private const MAX_SECONDS = 1_000_000_000_000;

    public readonly Handle $handle;

    /**
     * @param string $type the type in C: uc_options or uc_run_options
     * @param array<string, array{string, string}> $options one of the tables of {@see Options}
     * @param array<string, mixed> $given values by argument; null is the default
     */
    public function __construct(
        private readonly string $type,
        array $options,
        #[\SensitiveParameter] array $given,
    ) {
        $this->handle = Handle::make("{$type}_new", "{$type}_free");
        foreach ($options as $argument => [$name, $kind]) {
            if ($given[$argument] !== null) {
                $this->set($argument, $name, $kind, $given[$argument]);
            }
        }
    }

    /** Calls a setter of C, such as `set_log`. */
    public function call(string $setter, mixed ...$arguments): void
    {
        Library::check($this->status($setter, ...$arguments));
    }

    private function status(string $setter, mixed ...$arguments): int
    {
        return Library::get()->{"{$this->type}_$setter"}($this->handle->pointer, ...$arguments);
    }

    private function set(string $argument, string $name, string $kind, #[\SensitiveParameter] mixed $value): void
    {
        if ($kind === 'text') {
            // Not as JSON: a path may be any bytes. As a secret: the URL of a proxy may hold a password.
            $set = fn (\FFI\CData $text): int => $this->status("set_$name", $text);
            Library::checkSecret($argument, $value, $set);

            return;
        }
        $value = match ($kind) {
            'seconds' => self::milliseconds($argument, $value),
            'per second' => self::rate($argument, $value),
            default => $value,
        };
        $this->call('set', $name, json_encode($value, \JSON_THROW_ON_ERROR));
    }

    /** Seconds as milliseconds, rounded up so that little does not become none. */
    private static function milliseconds(string $argument, float $seconds): int
    {
        if (!is_finite($seconds) || $seconds < 0.001 || $seconds > self::MAX_SECONDS) {
            throw new InvalidArgument("$argument: is " . Shown::float($seconds)
                . '; give seconds above 0, from 0.001 to ' . self::MAX_SECONDS . ', or null for the default');
        }

        // Without round(), a number that is not exact in binary would end one too high.
        return max(1, (int) ceil(round($seconds * 1000, 6)));
    }

    /**
     * Requests per second as requests in a number of milliseconds.
     *
     * @return array{requests: int, per_ms: int}
     */
    private static function rate(string $argument, float $perSecond): array
    {
        if (!is_finite($perSecond) || $perSecond < 0) {
            throw new InvalidArgument("$argument: is " . Shown::float($perSecond)
                . '; give requests per second, or 0 for no limit');
        }
        $requests = (int) round(min($perSecond, 1e6) * 1000);

        // 0 would mean "no limit": a rate that is too low must stay too low.
        return ['requests' => $perSecond > 0 ? max(1, $requests) : 0, 'per_ms' => 1_000_000];
    }
}
