<?php

declare(strict_types=1);

namespace UserCom\Tests;

use ArgumentCountError;
use Closure;
use DomainException;
use ErrorException;
use Fiber;
use TypeError;
use UserCom\Error;
use UserCom\Progress;

/** Progress and log: what they are told, and that nothing they do ends the process. */
final class CallbacksTest extends TestCase
{
    public function testProgressSaysHowFarTheRunIs(): void
    {
        $sandbox = new Sandbox();
        $seen = [];
        $sandbox->client(batchSize: 10)->massUpdate(range(1, 50), 'plan', 'pro', progress: function (Progress $p) use (&$seen): void {
            $seen[] = $p;
        });
        $last = end($seen);
        self::assertSame([50, 50, 50, 0, 5], [$last->done, $last->total, $last->confirmed, $last->rejected, $last->requests]);
        foreach ($seen as $at => $progress) {
            self::assertTrue($at === 0 || $progress->done >= $seen[$at - 1]->done, 'it went back');
            self::assertTrue($progress->waiting >= 0 && $progress->waiting < 60, "waiting $progress->waiting s");
        }
    }

    public function testProgressIsCalledWhileTheRunWaits(): void
    {
        $sandbox = new Sandbox('--latency', '1200');
        $calls = 0;
        $sandbox->client()->massUpdate([1], 'plan', 'pro', progress: function () use (&$calls): void {
            ++$calls;
        });
        self::assertTrue($calls >= 4, "called $calls times in 1.2 s");
    }

    public function testFalseFromProgressCancelsAndNothingElseDoes(): void
    {
        $sandbox = new Sandbox('--latency', '300');
        $client = $sandbox->client();
        foreach ([null, true, 0, '', []] as $result) {
            self::assertSame(1, $client->massUpdate([1], 'plan', 'pro', progress: fn (): mixed => $result)->confirmed, self::show($result));
        }
        $slow = $sandbox->client(batchSize: 1);
        $stop = fn (): bool => false;
        $e = self::assertThrows(Error\Cancelled::class, fn () => $slow->massUpdate(range(1, 50), 'plan', 'pro', progress: $stop));
        self::assertSame(50, $e->report->total);
        self::assertTrue($e->report->notAttempted > 0, (string) $e->report);
    }

    public function testWhatProgressThrowsStopsTheRunAndIsThrownAgain(): void
    {
        $sandbox = new Sandbox();
        $client = $sandbox->client(batchSize: 1);
        $calls = 0;
        $mine = new DomainException('mine');
        $e = self::assertThrows(DomainException::class, function () use ($client, $mine, &$calls): void {
            $client->massUpdate(range(1, 500), 'plan', 'pro', progress: function () use ($mine, &$calls): never {
                ++$calls;
                throw $mine;
            });
        });
        self::assertSame([$mine, 1], [$e, $calls]);
        self::assertTrue(count($sandbox->ledger('plan')) < 500, 'the run completed');
        // An error, a wrong signature, and the next run as if nothing had been.
        self::assertThrows(TypeError::class, fn () => $client->massUpdate([1], 'plan', 'pro', progress: fn (string $wrong) => null));
        self::assertThrows(ArgumentCountError::class, fn () => $client->massUpdate([1], 'plan', 'pro', progress: fn ($a, $b) => null));
        self::assertThrows(ErrorException::class, fn () => $client->massUpdate([1], 'plan', 'pro', progress: fn () => trigger_error('warned')));
        self::assertSame(1, $client->massUpdate([1], 'plan', 'pro', progress: fn () => null)->confirmed);
    }

    public function testALogIsWrittenAndWhatItThrowsStopsTheRun(): void
    {
        $sandbox = new Sandbox();
        $lines = [];
        $client = $sandbox->client(logLevel: 5, log: function (int $level, string $message) use (&$lines): void {
            $lines[] = [$level, $message];
        });
        $client->massUpdate([1], 'plan', 'pro');
        self::assertTrue($lines !== [], 'no lines');
        foreach ($lines as [$level, $message]) {
            self::assertTrue($level >= 1 && $level <= 5 && $message !== '', "level $level: $message");
        }
        self::assertStringContainsString('all 1 ids confirmed', implode("\n", array_column($lines, 1)));

        $client = $sandbox->client(logLevel: 5, log: fn () => throw new DomainException('mine'));
        for ($again = 0; $again < 2; ++$again) {
            self::assertThrows(DomainException::class, fn () => $client->massUpdate([1], 'plan', 'pro'), 'mine');
        }
    }

    public function testErrorsOnlyAreLoggedWhereOnlyErrorsAreAskedFor(): void
    {
        $sandbox = new Sandbox();
        $levels = [];
        $client = $sandbox->client(logLevel: 1, log: function (int $level) use (&$levels): void {
            $levels[] = $level;
        });
        $client->massUpdate([1], 'plan', 'pro');
        self::assertSame([], $levels);
    }

    public function testARunWithinTheProgressOfAnother(): void
    {
        $sandbox = new Sandbox();
        $client = $sandbox->client();
        $inner = $outer = 0;
        $client->massUpdate([1, 2], 'outer', 1, progress: function (Progress $p) use ($client, &$inner, &$outer): void {
            $outer = $p->total;
            $client->massUpdate([3], 'inner', 1, progress: function (Progress $p) use (&$inner): void {
                $inner = $p->total;
            });
        });
        self::assertSame([2, 1], [$outer, $inner]);
        self::assertSame([3 => '1'], $sandbox->ledger('inner'));
    }

    public function testASignalStopsARunTidily(): void
    {
        $sandbox = new Sandbox('--latency', '300');
        [$code, $output] = self::script(<<<'PHP'
            $client = new UserCom\Client('acme', getenv('TOKEN'), baseUrl: getenv('URL'), batchSize: 1, rateLimit: 5);
            $cancel = new UserCom\Cancel();
            pcntl_async_signals(true);
            pcntl_signal(SIGALRM, fn () => $cancel->request());
            pcntl_alarm(1);
            try {
                $client->massUpdate(range(1, 100), 'plan', 'pro', cancel: $cancel, progress: fn () => null);
            } catch (UserCom\Error\Cancelled $e) {
                echo $e->report->confirmed > 0 && $e->report->notAttempted > 50 ? 'tidy' : $e->report;
            }
            PHP, [], ['TOKEN' => Sandbox::TOKEN, 'URL' => $sandbox->url]);
        self::assertSame([0, 'tidy'], [$code, $output]);
    }

    /** A script with a client and a service that takes its time, and what it wrote. */
    private static function withClient(string $code, string ...$options): array
    {
        $sandbox = new Sandbox('--latency', '300');
        [$exit, $output] = self::script(<<<'PHP'
            $client = new UserCom\Client('acme', getenv('TOKEN'), baseUrl: getenv('URL'), batchSize: 1, rateLimit: 20);
            PHP . "\n$code", array_values($options), ['TOKEN' => Sandbox::TOKEN, 'URL' => $sandbox->url]);

        return [$exit, $output, count($sandbox->requests())];
    }

    public function testExitInACallbackCancelsTheRunAndThenTheScriptEnds(): void
    {
        $end = "register_shutdown_function(function () { echo 'tidy'; });\n";
        foreach (
            [
            'progress: function () { exit(7); }' => 7,
            'progress: function () { register_shutdown_function(fn () => print("too ")); die(7); }' => 7,
            'progress: function () use ($client) { $client->massUpdate([1], "x", 1, progress: fn () => 1); exit(7); }' => 7,
            ] as $progress => $status
        ) {
            [$exit, $output, $requests] = self::withClient("$end try { \$client->massUpdate(range(1, 200), 'plan', 'pro', $progress); } finally { echo 'never'; }");
            self::assertSame(PHP_VERSION_ID < 80400 ? $status : 1, $exit, $output);
            self::assertStringContainsString('tidy', $output);
            self::assertTrue(!str_contains($output, 'never') && !str_contains($output, 'Fatal'), $output);
            self::assertTrue($requests < 100, "$requests requests");
        }
        [$exit, $output] = self::withClient(<<<'PHP'
            $client = new UserCom\Client('acme', getenv('TOKEN'), baseUrl: getenv('URL'), log: function () { exit('logged out'); });
            $client->massUpdate([1], 'plan', 'pro');
            echo 'never';
            PHP);
        self::assertSame('logged out', $output);
    }

    public function testASignalHandlerMayCancelThrowOrExitWithoutAProgressCallback(): void
    {
        $run = '$client->massUpdate(range(1, 200), "plan", "pro", cancel: $cancel = new UserCom\Cancel());';
        foreach (
            [
            ['$cancel->request()', 'Cancelled', 0],
            ['throw new DomainException("too late")', 'DomainException', 0],
            ['exit(9)', '', PHP_VERSION_ID < 80400 ? 9 : 1],
            ] as [$handler, $class, $status]
        ) {
            $code = 'pcntl_async_signals(true); $cancel = null; pcntl_signal(SIGALRM, function () use (&$cancel) { '
                . "$handler; }); pcntl_alarm(1); try { $run } catch (Throwable \$e) { echo get_class(\$e), pcntl_async_signals() ? ' on' : ''; }";
            [$exit, $output, $requests] = self::withClient($code);
            self::assertSame($status, $exit, $output);
            self::assertSame($class === '' ? '' : "$class on", str_replace('UserCom\\Error\\', '', $output));
            self::assertTrue($requests > 0 && $requests < 100, "$requests requests");
        }
    }

    public function testASignalHandlerIsCalledInTheMiddleOfALongCallbackAndOfARunInIt(): void
    {
        $handle = 'pcntl_async_signals(true); pcntl_signal(SIGALRM, function () { throw new DomainException("now"); }); pcntl_alarm(1); ';
        foreach (
            [
            'for ($until = microtime(true) + 20; microtime(true) < $until;) { strlen("x"); }',
            '$client->massUpdate(range(1, 500), "x", 1, progress: fn () => null);',
            '$client->massUpdate(range(1, 500), "x", 1);',
            ] as $long
        ) {
            $start = microtime(true);
            [$exit, $output] = self::withClient("$handle try { \$client->massUpdate([1, 2], 'plan', 'pro', progress: function () use (\$client) { $long }); } "
                . 'catch (DomainException $e) { echo $e->getMessage(), pcntl_async_signals() ? " on" : ""; }');
            self::assertSame([0, 'now on'], [$exit, $output]);
            self::assertTrue(microtime(true) - $start < 9, 'it took its time');
        }
    }

    public function testAFatalErrorInACallbackIsExplained(): void
    {
        [$exit, $output] = self::withClient(<<<'PHP'
            ini_set('memory_limit', '32M');
            $client->massUpdate([1], 'plan', 'pro', progress: fn () => str_repeat('x', 1 << 30));
            PHP, '-d', 'error_log=/dev/stderr');
        self::assertStringContainsString('Allowed memory size', $output);
        self::assertStringContainsString('usercom: a fatal error or the time limit ended the script inside a callback', $output);
    }

    private static function boom(): never
    {
        throw new DomainException('boom');
    }

    public function testWhatACallbackThrowsKeepsItsTraceInsideOfTheRunAndOutside(): void
    {
        $sandbox = new Sandbox();
        $nightlyJob = fn (\UserCom\Client $client) => $client->massUpdate([1], 'plan', 'pro', progress: fn () => self::boom());
        foreach (
            [
            fn () => $nightlyJob($sandbox->client()),
            fn () => $sandbox->client(log: fn () => self::boom())->massUpdate([1], 'plan', 'pro'),
            ] as $run
        ) {
            $e = self::assertThrows(DomainException::class, $run, 'boom');
            $trace = $e->getTraceAsString();
            self::assertSame('boom', $e->getTrace()[0]['function']);
            foreach (['UserCom\\Client->massUpdate()', 'CallbacksTest.php', 'assertThrows(', 'testWhatACallbackThrows'] as $frame) {
                self::assertStringContainsString($frame, $trace);
            }
        }
        // One that was made elsewhere keeps what it has.
        $mine = new DomainException('mine');
        $before = $mine->getTraceAsString();
        self::assertThrows(DomainException::class, fn () => $sandbox->client()->massUpdate([1], 'plan', 'pro', progress: fn () => throw $mine));
        self::assertSame($before, $mine->getTraceAsString());
    }

    public function testACallbackInAFiberOfTheCallerMaySuspendIt(): void
    {
        $sandbox = new Sandbox();
        $client = $sandbox->client();
        $fiber = new Fiber(fn () => $client->massUpdate([1], 'plan', 'pro', progress: fn () => Fiber::suspend('seen'))->confirmed);
        $seen = $fiber->start();
        while (!$fiber->isTerminated()) {
            $fiber->resume();
        }
        self::assertSame(['seen', 1], [$seen, $fiber->getReturn()]);
    }

    public function testARunInADestructorHasItsCallbacks(): void
    {
        $sandbox = new Sandbox();
        $calls = 0;
        $object = new class (function () use ($sandbox, &$calls): void {
            $sandbox->client()->massUpdate([1], 'plan', 'pro', progress: function () use (&$calls): void {
                ++$calls;
            });
        }) {
            public function __construct(private readonly Closure $atTheEnd)
            {
            }

            public function __destruct()
            {
                ($this->atTheEnd)();
            }
        };
        unset($object);
        self::assertTrue($calls > 0, 'no calls');
        self::assertSame([1 => '"pro"'], $sandbox->ledger('plan'));
    }

    public function testAChildThatIsMadeInACallbackEndsWithItAndTheRunGoesOn(): void
    {
        foreach (['exit(0);', 'return;'] as $child) {
            [$exit, $output] = self::withClient(<<<PHP
                \$made = 0;
                \$report = \$client->massUpdate([1, 2], 'plan', 'pro', progress: function () use (&\$made) {
                    if (\$made === 0 && (\$made = pcntl_fork()) === 0) {
                        $child
                    }
                });
                pcntl_waitpid(\$made, \$status);
                echo "confirmed \$report->confirmed, child ", pcntl_wifexited(\$status) ? 'ended' : 'killed';
                PHP);
            self::assertStringContainsString('confirmed 2, child ended', $output);
            self::assertStringContainsString('a child of pcntl_fork() ends with the callback that it was made in', $output);
            self::assertSame(0, $exit);
        }
    }
}
