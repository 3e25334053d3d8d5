<?php

declare(strict_types=1);

namespace UserCom\Tests;

use ReflectionClass;
use UserCom\Cancel;
use UserCom\Client;
use UserCom\Error;
use UserCom\IdState;
use UserCom\Status;

use function UserCom\massUpdate;

/** What is invalid before the run, and which exception a run that stops early becomes. */
final class ErrorsTest extends TestCase
{
    public function testInvalidArgumentsOfAClientAreNamed(): void
    {
        $invalid = [
            [['subdomain' => ''], 'subdomain: is empty'],
            [['subdomain' => 'acme.user.com'], 'subdomain: use only the first part of the address: "acme"'],
            [['subdomain' => "ac\0me"], 'subdomain: has a NUL byte'],
            [['token' => 'short'], 'token: has 5 characters'],
            [['token' => str_repeat(' ', 64)], 'token: holds nothing but blanks'],
            [['token' => str_repeat('t', 64) . "\0"], 'token: has a NUL byte'],
            [['baseUrl' => 'acme'], 'baseUrl: must start with https://'],
            [['baseUrl' => 'http://acme.user.com'], 'baseUrl: must be https'],
            [['baseUrl' => "https://acme.user.com\0"], 'baseUrl: has a NUL byte'],
            [['method' => 'PATCH'], 'method: is neither "PUT" nor "POST"'],
            [['apiVersion' => -1], 'apiVersion: is -1'],
            [['requestTimeout' => 0.0], 'requestTimeout: is 0; give seconds above 0'],
            [['requestTimeout' => 3601.0], 'requestTimeout: is outside 1 ms to 1 h'],
            [['requestTimeout' => NAN], 'requestTimeout: is NAN'],
            [['batchSize' => 0], 'batchSize: is outside 1 to 10,000 ids'],
            [['batchSize' => 1 << 32 | 1], 'batchSize: is outside 1 to 10,000 ids'],
            [['workers' => 33], 'workers: is outside 1 to 32 workers'],
            [['workers' => 1 << 32 | 1], 'workers: is outside 1 to 32 workers'],
            [['rateLimit' => -1.0], 'rateLimit: is -1; give requests per second'],
            [['rateLimit' => 1e-9], 'rateLimit: is outside 0.1 to 1,000 requests per second'],
            [['rateLimit' => 1000.1], 'rateLimit: is outside 0.1 to 1,000 requests per second'],
            [['rateLimit' => INF], 'rateLimit: is INF'],
            [['rateLimit' => 1e30], 'rateLimit: is outside 0.1 to 1,000 requests per second; 0 is no limit'],
            [['rateLimit' => 1e-30], 'rateLimit: is outside 0.1 to 1,000 requests per second; 0 is no limit'],
            [['requestTimeout' => 1e30], 'requestTimeout: is 1e+30; give seconds above 0, from 0.001 to 1000000000000'],
            [['requestTimeout' => 1e-30], 'requestTimeout: is 1e-30; give seconds above 0, from 0.001 to 1000000000000'],
            [['requestTimeout' => -INF], 'requestTimeout: is -INF; give seconds above 0'],
            [['maxAttempts' => 21], 'maxAttempts: is outside 1 to 20 attempts'],
            [['proxy' => 'nonsense://x'], 'proxy: is not a proxy URL'],
            [['proxy' => "http://p\0"], 'proxy: has a NUL byte'],
            [['caFile' => '/does/not/exist.pem'], 'caFile: /does/not/exist.pem: '],
            [['caFile' => "/\xff/batch_size.pem"], '/batch_size.pem: '],
            [['baseUrl' => "https://\xff"], 'baseUrl: is not UTF-8'],
            [['caFile' => "ca\0.pem"], 'caFile: has a NUL byte'],
            [['log' => strlen(...), 'logLevel' => 6], 'logLevel: is outside 1 (error) to 5 (trace)'],
        ];
        foreach ($invalid as [$options, $says]) {
            $options += ['subdomain' => 'acme', 'token' => Sandbox::TOKEN];
            $e = self::assertThrows(Error\InvalidArgument::class, fn () => new Client(...$options), $says);
            self::assertSame([Status::INVALID_ARGUMENT, null], [$e->status, $e->report]);
        }
    }

    public function testInvalidArgumentsOfARunAreNamed(): void
    {
        $sandbox = new Sandbox();
        $client = $sandbox->client();
        $invalid = [
            [['attribute' => ''], 'attribute: '],
            [['attribute' => str_repeat('ż', 256)], 'attribute: '],
            [['attribute' => "pl\0an"], 'attribute: has a NUL byte'],
            [['attribute' => "\xff"], 'attribute: is not UTF-8'],
            [['deadline' => 0.0], 'deadline: is 0; give seconds above 0'],
            [['deadline' => -1.0], 'deadline: is -1'],
            [['stallTimeout' => 0.5], 'stallTimeout: is outside 1 s to 24 h'],
            [['maxRequests' => 0], 'maxRequests: is outside 1 and more requests'],
            [['maxRequests' => -1], 'maxRequests: is -1'],
            [['journalMaxAge' => 0.5], 'journalMaxAge: is outside 1 s to 30 days'],
            [['journalDir' => "/tmp\0"], 'journalDir: has a NUL byte'],
        ];
        foreach ($invalid as [$arguments, $says]) {
            $arguments += ['ids' => [1], 'attribute' => 'plan', 'value' => 'pro'];
            self::assertThrows(Error\InvalidArgument::class, fn () => $client->massUpdate(...$arguments), $says);
        }
        self::assertSame([], $sandbox->requests());
        self::assertSame(1, $client->massUpdate([1], str_repeat('ż', 255), 1)->confirmed);
    }

    public function testARunThatStopsEarlyThrowsWithItsReport(): void
    {
        $cases = [
            [Error\Unauthorized::class, Status::UNAUTHORIZED, [], ['token' => str_repeat('x', 64)], []],
            [Error\Rejected::class, Status::REJECTED, ['--unknown-attributes', 'reject'], [], []],
            [Error\WrongEndpoint::class, Status::WRONG_ENDPOINT, ['--methods', 'post'], [], []],
            [Error\RequestLimit::class, Status::REQUEST_LIMIT, [], ['batchSize' => 1], ['maxRequests' => 2]],
            [Error\DeadlineExceeded::class, Status::DEADLINE, [], ['batchSize' => 1, 'rateLimit' => 1], ['deadline' => 0.2]],
            [Error\TransportError::class, Status::TRANSPORT, [], ['baseUrl' => 'http://127.0.0.1:1'], ['stallTimeout' => 1.0]],
        ];
        foreach ($cases as [$class, $status, $switches, $options, $run]) {
            $sandbox = new Sandbox(...$switches);
            $options += ['token' => Sandbox::TOKEN, 'baseUrl' => $sandbox->url, 'rateLimit' => 0, 'subdomain' => 'acme'];
            $client = new Client(...$options);
            $e = self::assertThrows($class, fn () => $client->massUpdate([1, 2, 3, 4], 'colour', 'red', ...$run));
            self::assertSame([$status, $status, $e->getMessage()], [$e->status, $e->report->status, $e->report->message], $class);
            self::assertSame($e, self::throwsAgain($e));
            self::assertTrue($e instanceof Error, "$class is not a UserCom\\Error");
            $accepted = array_keys($sandbox->ledger('colour'));
            foreach ($e->report->states() as $position => $state) {
                $applied = in_array($position + 1, $accepted, true);
                self::assertTrue($applied || $state !== IdState::Confirmed, "$class: position $position is confirmed, but not applied");
            }
            self::assertSame(4, $e->report->total);
        }
    }

    private static function throwsAgain(Error $e): Error
    {
        self::assertSame($e->status, self::assertThrows($e::class, fn () => $e->report->raiseForFailures())->status);

        return $e;
    }

    public function testPUTOnlyOrPOSTOnly(): void
    {
        $sandbox = new Sandbox('--methods', 'post');
        self::assertSame(1, $sandbox->client(method: 'POST')->massUpdate([1], 'plan', 'pro')->confirmed);
        self::assertSame('POST', $sandbox->requests()[0]['method']);
    }

    public function testStandardAttributesHaveAnAddressOfTheirOwnAndAVersionGoesIntoAccept(): void
    {
        $sandbox = new Sandbox();
        $sandbox->client(apiVersion: 2)->massUpdate([1], 'first_name', 'Eva', standardAttributes: true);
        [$request] = $sandbox->requests();
        self::assertTrue(!str_contains($request['path'], 'custom'), $request['path']);
        self::assertStringContainsString('2', $request['headers']['accept']);
    }

    public function testTheOneShotReturnsAFullReportOrThrows(): void
    {
        $users = new TempFile("id,plan\n1,free\n2,free\n");
        $sandbox = new Sandbox('--users', $users->path, '--unknown-ids', 'reject');
        putenv("USERCOM_BASE_URL=$sandbox->url");
        try {
            self::assertSame(2, massUpdate('acme', Sandbox::TOKEN, [1, 2], 'plan', 'pro')->confirmed);
            $e = self::assertThrows(Error\PartialUpdate::class, fn () => massUpdate('acme', Sandbox::TOKEN, [1, 2, 3], 'plan', 'pro'));
            self::assertSame([2, 1], [$e->report->confirmed, $e->report->rejected]);
            self::assertThrows(Error\InvalidArgument::class, fn () => massUpdate('acme', 'short', [1], 'plan', 'pro'), 'token: ');
            self::assertThrows(Error\InvalidArgument::class, fn () => massUpdate('acme', Sandbox::TOKEN, [0], 'plan', 'pro'), 'position 0');
            putenv('USERCOM_BASE_URL=https://example.com');
            self::assertThrows(Error\InvalidArgument::class, fn () => massUpdate('acme', Sandbox::TOKEN, [1], 'plan', 'pro'));
        } finally {
            putenv('USERCOM_BASE_URL');
        }
    }

    public function testEveryStatusOfTheHeaderHasAConstantAndAnException(): void
    {
        $constants = array_filter((new ReflectionClass(Status::class))->getConstants(), is_int(...));
        preg_match_all('/UC_STATUS_(\w+) = (\d+)/', (string) file_get_contents(PACKAGE . '/usercom.cdef.h'), $found, PREG_SET_ORDER);
        self::assertTrue(count($found) > 15, 'found too few');
        foreach ($found as [, $name, $number]) {
            self::assertSame((int) $number, $constants[$name] ?? null, $name);
            $e = Error::of((int) $number, 'text');
            self::assertSame((int) $number, $e->status);
            $hasOne = !in_array($name, ['OK', 'DRY_RUN'], true);
            self::assertSame($hasOne, $e::class !== Error::class, $name);
            if ($hasOne) {
                self::assertSame((int) $number, (new $e('made by hand'))->status, $name);
            }
        }
        self::assertSame(count($found), count($constants));
        self::assertSame(77, Error::of(77, 'of a later version')->status);
    }

    public function testACancelStopsRunsNowAndLater(): void
    {
        $sandbox = new Sandbox();
        $client = $sandbox->client(batchSize: 1);
        $cancel = new Cancel();
        $seen = 0;
        $e = self::assertThrows(Error\Cancelled::class, function () use ($client, $cancel, &$seen): void {
            $client->massUpdate(range(1, 1000), 'plan', 'pro', cancel: $cancel, progress: function ($p) use ($cancel, &$seen): void {
                $seen = $p->confirmed;
                if ($seen > 0) {
                    $cancel->request();
                }
            });
        });
        self::assertTrue($e->report->confirmed >= $seen && $seen > 0, 'nothing was confirmed');
        self::assertTrue($e->report->notAttempted > 0, 'all were sent');
        self::assertSame($e->report->confirmed + $e->report->unknown, count($sandbox->ledger('plan')) + $e->report->unknown);
        self::assertThrows(Error\Cancelled::class, fn () => $client->massUpdate([1], 'plan', 'pro', cancel: $cancel));
        self::assertSame(1, $client->massUpdate([1], 'plan', 'pro', cancel: new Cancel())->confirmed);
    }

    public function testAClientIsNotForAForkedChild(): void
    {
        $sandbox = new Sandbox();
        [$code, $output] = self::script(<<<'PHP'
            $client = new UserCom\Client('acme', getenv('TOKEN'), baseUrl: getenv('URL'));
            $pid = pcntl_fork();
            if ($pid === 0) {
                try {
                    $client->massUpdate([1], 'plan', 'pro');
                    exit(1);
                } catch (UserCom\Error\Forked $e) {
                    echo $e->getMessage(), "\n";
                    $own = new UserCom\Client('acme', getenv('TOKEN'), baseUrl: getenv('URL'));
                    exit($own->massUpdate([1], 'plan', 'pro')->confirmed === 1 ? 0 : 2);
                }
            }
            pcntl_waitpid($pid, $status);
            exit(pcntl_wexitstatus($status));
            PHP, [], ['TOKEN' => Sandbox::TOKEN, 'URL' => $sandbox->url]);
        self::assertSame(0, $code, $output);
        self::assertStringContainsString('fork', $output);
    }
}
