<?php

declare(strict_types=1);

namespace UserCom\Internal;

/**
 * The settings of a client, for C.
 *
 * @internal
 */
final class ClientOptions
{
    public readonly Handle $handle;

    public function __construct(
        ?string $baseUrl,
        ?string $method,
        ?int $apiVersion,
        ?float $requestTimeout,
        ?int $batchSize,
        ?int $workers,
        ?float $rateLimit,
        ?int $maxAttempts,
        #[\SensitiveParameter] ?string $proxy,
        ?string $caFile,
    ) {
        $this->handle = Handle::make('uc_options_new', 'uc_options_free');
        $this->set('base_url', Library::text('baseUrl', $baseUrl));
        $this->set('method', Library::text('method', $method));
        $this->set('api_version', Units::whole('apiVersion', $apiVersion));
        $this->set('request_timeout_ms', Units::milliseconds('requestTimeout', $requestTimeout));
        $this->set('batch_size', Units::whole('batchSize', $batchSize));
        $this->set('workers', Units::whole('workers', $workers));
        $this->set('rate_limit', ...Units::rate('rateLimit', $rateLimit));
        $this->set('max_attempts', Units::whole('maxAttempts', $maxAttempts));
        // It may hold a password.
        $this->set('proxy', $proxy === null ? null : Library::secret('proxy', $proxy));
        $this->set('ca_file', Library::text('caFile', $caFile));
    }

    public function setLog(Callbacks $callback, int $level): void
    {
        $this->set('log', Callbacks::log(), $callback->userdata, $level);
    }

    private function set(string $name, mixed $value, mixed ...$more): void
    {
        if ($value !== null) {
            Library::check(Library::get()->{"uc_options_set_$name"}($this->handle->pointer, $value, ...$more));
        }
    }
}
