<?php

declare(strict_types=1);

namespace UserCom\Tests;

/** The token is in the memory of the native library and in one header of a request, and nowhere else. */
final class SecretsTest extends TestCase
{
    public function testTheTokenIsInNoMessageDumpTraceReportOrLog(): void
    {
        $sandbox = new Sandbox();
        [$code, $output] = self::script(
            <<<'PHP'
            use UserCom\{Client, Error};
            function token(): string { return getenv('TOKEN'); }
            $url = getenv('URL');
            $fail = static function (Closure $run): void {
                try {
                    $run();
                    echo "NOTHING THROWN\n";
                } catch (Error | LogicException $e) {
                    echo $e, "\n", print_r($e->getTrace(), true), $e->report ?? '', "\n";
                    var_dump($e);
                    error_log((string) $e);
                }
            };
            $fail(fn () => new Client('acme', token() . 'x'));
            $fail(fn () => new Client('acme', token() . "\0"));
            $fail(fn () => new Client('acme.user.com', token()));
            $fail(fn () => new Client('acme', token(), workers: 99));
            $fail(fn () => new Client('acme', token(), proxy: 'http://user:' . token() . '@'));
            $fail(fn () => UserCom\massUpdate('acme', token(), ['x'], 'plan', 'pro'));
            $fail(fn () => UserCom\massUpdate('', token(), [1], 'plan', 'pro'));
            $fail(fn () => Client::shared('', token()));
            $log = fn (int $level, string $message) => print("$level $message\n");
            $client = new Client('acme', token(), baseUrl: $url, log: $log, logLevel: 5);
            $client->massUpdate([1], 'plan', 'pro');
            $fail(fn () => $client->massUpdate([0], 'plan', 'pro'));
            $fail(fn () => $client->massUpdate([1], 'plan', 'pro', progress: fn () => throw new LogicException('mine')));
            $wrong = new Client('acme', strrev(token()), baseUrl: $url, log: $log, logLevel: 5);
            $fail(fn () => $wrong->massUpdate([1], 'plan', 'pro'));
            var_dump($client, (array) $client);
            print_r($client);
            var_export(get_mangled_object_vars($client));
            try {
                echo serialize($client);
            } catch (Exception $e) {
                echo 'not serializable: ', $e->getMessage(), "\n";
            }
            echo 'the end';
            PHP,
            ['-d', 'zend.exception_ignore_args=0', '-d', 'zend.exception_string_param_max_len=1000000', '-d', 'display_errors=1'],
            ['TOKEN' => Sandbox::TOKEN, 'URL' => $sandbox->url]
        );
        self::assertSame(0, $code, $output);
        self::assertStringContainsString('the end', $output);
        self::assertStringContainsString('not serializable', $output);
        self::assertTrue(!str_contains($output, 'NOTHING THROWN'), 'an exception is missing');
        if (PHP_VERSION_ID >= 80200) { // before, there is no #[\SensitiveParameter]
            foreach ([Sandbox::TOKEN, strrev(Sandbox::TOKEN), substr(Sandbox::TOKEN, 0, 15)] as $secret) {
                $at = strpos($output, $secret);
                self::assertTrue($at === false, 'the token is shown: ' . substr($output, max(0, (int) $at - 300), 400));
            }
        }
        self::assertStringContainsString('Token …(64)', $sandbox->requests()[0]['headers']['authorization']);
    }

    public function testRow98ThePasswordOfAProxyIsShownNowhere(): void
    {
        [$code, $output] = self::script(
            <<<'PHP'
            use UserCom\{Client, Error};
            $log = fn (int $level, string $message) => print("$level $message\n");
            foreach (['http://user:' . getenv('PASSWORD') . '@127.0.0.1:1', 'http://user:' . getenv('PASSWORD') . '@', 'socks9://u:' . getenv('PASSWORD') . '@h:1'] as $proxy) {
                try {
                    $client = new Client('acme', getenv('TOKEN'), proxy: $proxy, log: $log, logLevel: 5);
                    var_dump($client);
                    print_r($client);
                    $client->massUpdate([1], 'plan', 'pro', stallTimeout: 1, progress: function () { debug_print_backtrace(); });
                } catch (Error $e) {
                    echo $e, print_r($e->getTrace(), true), $e->report, $e->report?->json();
                    var_dump($e);
                }
            }
            echo 'the end';
            PHP,
            ['-d', 'zend.exception_ignore_args=0', '-d', 'zend.exception_string_param_max_len=1000000'],
            ['TOKEN' => Sandbox::TOKEN, 'PASSWORD' => 'pr0xyPassw0rd']
        );
        self::assertSame(0, $code, $output);
        self::assertStringContainsString('TransportError', $output);
        self::assertStringContainsString('InvalidArgument', $output);
        self::assertStringContainsString('the end', $output);
        if (PHP_VERSION_ID >= 80200) {
            foreach (['pr0xyPassw0rd', Sandbox::TOKEN] as $secret) {
                $at = strpos($output, $secret);
                self::assertTrue($at === false, 'a secret is shown: ' . substr($output, max(0, (int) $at - 300), 400));
            }
        }
    }
}
