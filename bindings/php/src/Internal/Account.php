<?php

declare(strict_types=1);

namespace UserCom\Internal;

use UserCom\Error;
use UserCom\Report;
use UserCom\Status;

/**
 * A client of the native library, and how a run on it becomes a report or an exception.
 *
 * @internal
 */
final class Account
{
    private function __construct(
        private readonly Handle $handle,
        public readonly ?LogSink $log = null,
        private readonly ?Callbacks $logCallback = null,
    ) {
    }

    public static function open(
        string $subdomain,
        #[\SensitiveParameter] string $token,
        ClientOptions $options,
        ?\Closure $log,
        int $logLevel,
    ): self {
        if ($log === null) {
            return new self(self::connect($subdomain, $token, $options));
        }
        $sink = new LogSink($log);
        $callback = new Callbacks($sink);
        $options->setLog($callback, $logLevel);

        return new self(self::connect($subdomain, $token, $options), $sink, $callback);
    }

    public static function shared(string $subdomain, #[\SensitiveParameter] string $token): self
    {
        return new self(self::connect($subdomain, $token, null));
    }

    public function update(string $name, IdList $ids, string $attribute, mixed $value, RunOptions $options): Report
    {
        return $this->run($name, $ids, $options, [
            $ids->pointer,
            $ids->count,
            Library::text('attribute', $attribute),
            Encoder::json($value),
        ]);
    }

    public function updateRows(string $name, IdList $ids, Rows $rows, string $attribute, RunOptions $options): Report
    {
        $values = $rows->values();

        return $this->run($name, $ids, $options, [
            $ids->pointer,
            $rows->valueIndex(),
            $ids->count,
            $values->pointer,
            $values->count,
            Library::text('attribute', $attribute),
        ]);
    }

    private static function connect(
        string $subdomain,
        #[\SensitiveParameter] string $token,
        ?ClientOptions $options,
    ): Handle {
        $ffi = Library::get();
        $subdomain = Library::text('subdomain', $subdomain);
        $secret = Library::secret('token', $token);
        $client = $ffi->new('uc_client *');
        try {
            Library::check($options === null
                ? $ffi->uc_client_shared($subdomain, $secret, \FFI::addr($client))
                : $ffi->uc_client_new($subdomain, $secret, $options->handle->pointer, \FFI::addr($client)));
        } finally {
            \FFI::memset($secret, 0, \FFI::sizeof($secret));
        }

        return new Handle($client, 'uc_client_free');
    }

    /** @param list<mixed> $arguments what the function of C takes between client and options */
    private function run(string $name, IdList $ids, RunOptions $options, array $arguments): Report
    {
        $ffi = Library::get();
        $pointer = $ffi->new('uc_report *');
        $status = $ffi->{"uc_client_$name"}(
            $this->handle->pointer,
            ...[...$arguments, $options->handle->pointer, \FFI::addr($pointer)],
        );
        $handle = new Handle($pointer, 'uc_report_free');
        $options->watch->rethrow();
        if ($status === Status::INVALID_ARGUMENT || \FFI::isNull($pointer)) {
            throw Error::of($status, Library::lastError());
        }
        $report = new Report($handle, $ids);

        return match ($status) {
            Status::OK, Status::PARTIAL, Status::DRY_RUN => $report,
            default => throw Error::of($status, $report->message, $report),
        };
    }
}
