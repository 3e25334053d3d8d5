<?php

declare(strict_types=1);

namespace UserCom\Internal;

use UserCom\Cancel;
use UserCom\Check;
use UserCom\Error\InvalidArgument;
use UserCom\Users;

/**
 * A client of the native library, and what must live as long as it does.
 *
 * @internal
 */
final class Account
{
    private function __construct(
        private readonly Handle $handle,
        private readonly ?LogSink $log = null,
        private readonly ?Callbacks $logCallback = null,
    ) {
    }

    /** @param array<string, mixed> $options */
    public static function open(
        string $subdomain,
        #[\SensitiveParameter] string|false|null $token,
        #[\SensitiveParameter] array $options,
        ?\Closure $log,
        int $logLevel,
    ): self {
        $settings = new Settings('uc_options', Options::CLIENT, $options);
        if ($log === null) {
            return new self(self::connect($subdomain, $token, $settings));
        }
        $sink = new LogSink($log);
        $callback = new Callbacks($sink);
        $settings->call('set_log', Callbacks::log(), $callback->userdata, $logLevel);

        return new self(self::connect($subdomain, $token, $settings), $sink, $callback);
    }

    public static function shared(string $subdomain, #[\SensitiveParameter] string|false|null $token): self
    {
        return new self(self::connect($subdomain, $token, null));
    }

    /** @param array<string, mixed> $options */
    public function run(array $options, ?callable $progress, ?Cancel $cancel): Run
    {
        return new Run($this->handle, $this->log, $options, $progress, $cancel);
    }

    /** @param list<mixed> $values */
    public function check(?string $attribute, array $values): Check
    {
        $ffi = Library::get();
        $json = [];
        foreach ($values as $position => $value) {
            $json[] = Encoder::json($value, "values[$position]");
        }
        $texts = new Texts($json);
        $attribute = Library::text('attribute', $attribute);
        $check = $ffi->new('uc_check *');
        Library::check(Signals::putOffDuring(fn (): int => $ffi->uc_client_check(
            $this->handle->pointer,
            $attribute,
            $texts->pointer,
            $texts->count,
            \FFI::addr($check),
        )));

        return new Check(new Handle($check, 'uc_check_free'));
    }

    /** @param array<mixed> $attributes */
    public function users(array $attributes, ?string $cursor, ?Cancel $cancel): Users
    {
        $names = [];
        foreach ($attributes as $position => $name) {
            if (!\is_string($name)) {
                throw new InvalidArgument("attributes: the one at position $position is of type "
                    . get_debug_type($name) . '; give names');
            }
            $names[] = (string) Library::text('attributes', $name);
        }
        $ffi = Library::get();
        $texts = new Texts($names);
        $users = $ffi->new('uc_users *');
        Library::check($ffi->uc_client_users(
            $this->handle->pointer,
            $texts->pointer,
            $texts->count,
            Library::text('cursor', $cursor),
            $cancel?->handle()->pointer,
            \FFI::addr($users),
        ));

        return new Users(new Handle($users, 'uc_users_free'), $cancel);
    }

    private static function connect(
        string $subdomain,
        #[\SensitiveParameter] string|false|null $token,
        ?Settings $settings,
    ): Handle {
        $ffi = Library::get();
        if ($token === '' || $token === false || $token === null) {
            throw new InvalidArgument(Sapi::noToken());
        }
        $subdomain = Library::text('subdomain', $subdomain);
        $client = $ffi->new('uc_client *');
        Library::checkSecret('token', $token, static fn (\FFI\CData $secret): int => $settings === null
            ? $ffi->uc_client_shared_with_scope($subdomain, $secret, 'host', \FFI::addr($client))
            : $ffi->uc_client_new($subdomain, $secret, $settings->handle->pointer, \FFI::addr($client)));

        return new Handle($client, 'uc_client_free');
    }
}
