<?php

// Progress and log: what they are told, and that nothing they do ends the process.

declare(strict_types=1);

use UserCom\Error;
use UserCom\Progress;

test('progress says how far the run is', function (): void {
    $sandbox = new Sandbox();
    $seen = [];
    $sandbox->client(batchSize: 10)->massUpdate(range(1, 50), 'plan', 'pro', progress: function (Progress $p) use (&$seen): void {
        $seen[] = $p;
    });
    $last = end($seen);
    same([50, 50, 50, 0, 5], [$last->done, $last->total, $last->confirmed, $last->rejected, $last->requests]);
    foreach ($seen as $at => $progress) {
        holds($at === 0 || $progress->done >= $seen[$at - 1]->done, 'it went back');
        holds($progress->waiting >= 0 && $progress->waiting < 60, "waiting $progress->waiting s");
    }
});

test('progress is called while the run waits', function (): void {
    $sandbox = new Sandbox('--latency', '1200');
    $calls = 0;
    $sandbox->client()->massUpdate([1], 'plan', 'pro', progress: function () use (&$calls): void {
        ++$calls;
    });
    holds($calls >= 4, "called $calls times in 1.2 s");
});

test('false from progress cancels, and nothing else does', function (): void {
    $sandbox = new Sandbox('--latency', '300');
    $client = $sandbox->client();
    foreach ([null, true, 0, '', []] as $result) {
        same(1, $client->massUpdate([1], 'plan', 'pro', progress: fn (): mixed => $result)->confirmed, show($result));
    }
    $slow = $sandbox->client(batchSize: 1);
    $stop = fn (): bool => false;
    $e = throws(Error\Cancelled::class, fn () => $slow->massUpdate(range(1, 50), 'plan', 'pro', progress: $stop));
    same(50, $e->report->total);
    holds($e->report->notAttempted > 0, (string) $e->report);
});

test('what progress throws stops the run and is thrown again', function (): void {
    $sandbox = new Sandbox();
    $client = $sandbox->client(batchSize: 1);
    $calls = 0;
    $mine = new DomainException('mine');
    $e = throws(DomainException::class, function () use ($client, $mine, &$calls): void {
        $client->massUpdate(range(1, 500), 'plan', 'pro', progress: function () use ($mine, &$calls): never {
            ++$calls;
            throw $mine;
        });
    });
    same([$mine, 1], [$e, $calls]);
    holds(count($sandbox->ledger('plan')) < 500, 'the run completed');
    // An error, a wrong signature, and the next run as if nothing had been.
    throws(TypeError::class, fn () => $client->massUpdate([1], 'plan', 'pro', progress: fn (string $wrong) => null));
    throws(ArgumentCountError::class, fn () => $client->massUpdate([1], 'plan', 'pro', progress: fn ($a, $b) => null));
    throws(ErrorException::class, fn () => $client->massUpdate([1], 'plan', 'pro', progress: fn () => trigger_error('warned')));
    same(1, $client->massUpdate([1], 'plan', 'pro', progress: fn () => null)->confirmed);
});

test('a log is written, and what it throws stops the run', function (): void {
    $sandbox = new Sandbox();
    $lines = [];
    $client = $sandbox->client(logLevel: 5, log: function (int $level, string $message) use (&$lines): void {
        $lines[] = [$level, $message];
    });
    $client->massUpdate([1], 'plan', 'pro');
    holds($lines !== [], 'no lines');
    foreach ($lines as [$level, $message]) {
        holds($level >= 1 && $level <= 5 && $message !== '', "level $level: $message");
    }
    contains('all 1 ids confirmed', implode("\n", array_column($lines, 1)));

    $client = $sandbox->client(logLevel: 5, log: fn () => throw new DomainException('mine'));
    for ($again = 0; $again < 2; ++$again) {
        throws(DomainException::class, fn () => $client->massUpdate([1], 'plan', 'pro'), 'mine');
    }
});

test('errors only are logged where only errors are asked for', function (): void {
    $sandbox = new Sandbox();
    $levels = [];
    $client = $sandbox->client(logLevel: 1, log: function (int $level) use (&$levels): void {
        $levels[] = $level;
    });
    $client->massUpdate([1], 'plan', 'pro');
    same([], $levels);
});

test('a run within the progress of another', function (): void {
    $sandbox = new Sandbox();
    $client = $sandbox->client();
    $inner = $outer = 0;
    $client->massUpdate([1, 2], 'outer', 1, progress: function (Progress $p) use ($client, &$inner, &$outer): void {
        $outer = $p->total;
        $client->massUpdate([3], 'inner', 1, progress: function (Progress $p) use (&$inner): void {
            $inner = $p->total;
        });
    });
    same([2, 1], [$outer, $inner]);
    same([3 => '1'], $sandbox->ledger('inner'));
});

test('a signal stops a run tidily', function (): void {
    $sandbox = new Sandbox('--latency', '300');
    [$code, $output] = script(<<<'PHP'
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
    same([0, 'tidy'], [$code, $output]);
});

/** A script with a client and a service that takes its time, and what it wrote. */
function withClient(string $code, string ...$options): array
{
    $sandbox = new Sandbox('--latency', '300');
    [$exit, $output] = script(<<<'PHP'
        $client = new UserCom\Client('acme', getenv('TOKEN'), baseUrl: getenv('URL'), batchSize: 1, rateLimit: 20);
        PHP . "\n$code", array_values($options), ['TOKEN' => Sandbox::TOKEN, 'URL' => $sandbox->url]);

    return [$exit, $output, count($sandbox->requests())];
}

test('exit() in a callback cancels the run, and then the script ends', function (): void {
    $end = "register_shutdown_function(function () { echo 'tidy'; });\n";
    foreach ([
        'progress: function () { exit(7); }' => 7,
        'progress: function () { register_shutdown_function(fn () => print("too ")); die(7); }' => 7,
        'progress: function () use ($client) { $client->massUpdate([1], "x", 1, progress: fn () => 1); exit(7); }' => 7,
    ] as $progress => $status) {
        [$exit, $output, $requests] = withClient("$end try { \$client->massUpdate(range(1, 200), 'plan', 'pro', $progress); } finally { echo 'never'; }");
        same(PHP_VERSION_ID < 80400 ? $status : 1, $exit, $output);
        contains('tidy', $output);
        holds(!str_contains($output, 'never') && !str_contains($output, 'Fatal'), $output);
        holds($requests < 100, "$requests requests");
    }
    [$exit, $output] = withClient(<<<'PHP'
        $client = new UserCom\Client('acme', getenv('TOKEN'), baseUrl: getenv('URL'), log: function () { exit('logged out'); });
        $client->massUpdate([1], 'plan', 'pro');
        echo 'never';
        PHP);
    same('logged out', $output);
});

test('a signal handler may cancel, throw or exit(), without a progress callback', function (): void {
    $run = '$client->massUpdate(range(1, 200), "plan", "pro", cancel: $cancel = new UserCom\Cancel());';
    foreach ([
        ['$cancel->request()', 'Cancelled', 0],
        ['throw new DomainException("too late")', 'DomainException', 0],
        ['exit(9)', '', PHP_VERSION_ID < 80400 ? 9 : 1],
    ] as [$handler, $class, $status]) {
        $code = 'pcntl_async_signals(true); $cancel = null; pcntl_signal(SIGALRM, function () use (&$cancel) { '
            . "$handler; }); pcntl_alarm(1); try { $run } catch (Throwable \$e) { echo get_class(\$e), pcntl_async_signals() ? ' on' : ''; }";
        [$exit, $output, $requests] = withClient($code);
        same($status, $exit, $output);
        same($class === '' ? '' : "$class on", str_replace('UserCom\\Error\\', '', $output));
        holds($requests > 0 && $requests < 100, "$requests requests");
    }
});

test('a signal handler is called in the middle of a long callback, and of a run in it', function (): void {
    $handle = 'pcntl_async_signals(true); pcntl_signal(SIGALRM, function () { throw new DomainException("now"); }); pcntl_alarm(1); ';
    foreach ([
        'for ($until = microtime(true) + 20; microtime(true) < $until;) { strlen("x"); }',
        '$client->massUpdate(range(1, 500), "x", 1, progress: fn () => null);',
        '$client->massUpdate(range(1, 500), "x", 1);',
    ] as $long) {
        $start = microtime(true);
        [$exit, $output] = withClient("$handle try { \$client->massUpdate([1, 2], 'plan', 'pro', progress: function () use (\$client) { $long }); } "
            . 'catch (DomainException $e) { echo $e->getMessage(), pcntl_async_signals() ? " on" : ""; }');
        same([0, 'now on'], [$exit, $output]);
        holds(microtime(true) - $start < 9, 'it took its time');
    }
});

test('a fatal error in a callback is explained', function (): void {
    [$exit, $output] = withClient(<<<'PHP'
        ini_set('memory_limit', '32M');
        $client->massUpdate([1], 'plan', 'pro', progress: fn () => str_repeat('x', 1 << 30));
        PHP, '-d', 'error_log=/dev/stderr');
    contains('Allowed memory size', $output);
    contains('usercom: a fatal error or the time limit ended the script inside a callback', $output);
});

function boom(): never
{
    throw new DomainException('boom');
}

test('what a callback throws keeps its trace, inside of the run and outside', function (): void {
    $sandbox = new Sandbox();
    $nightlyJob = fn (UserCom\Client $client) => $client->massUpdate([1], 'plan', 'pro', progress: fn () => boom());
    foreach ([
        fn () => $nightlyJob($sandbox->client()),
        fn () => $sandbox->client(log: fn () => boom())->massUpdate([1], 'plan', 'pro'),
    ] as $run) {
        $e = throws(DomainException::class, $run, 'boom');
        $trace = $e->getTraceAsString();
        same('boom', $e->getTrace()[0]['function']);
        foreach (['UserCom\\Client->massUpdate()', 'callbacks_test.php', 'throws(', 'run.php'] as $frame) {
            contains($frame, $trace);
        }
    }
    // One that was made elsewhere keeps what it has.
    $mine = new DomainException('mine');
    $before = $mine->getTraceAsString();
    throws(DomainException::class, fn () => $sandbox->client()->massUpdate([1], 'plan', 'pro', progress: fn () => throw $mine));
    same($before, $mine->getTraceAsString());
});

test('a callback in a fiber of the caller may suspend it', function (): void {
    $sandbox = new Sandbox();
    $client = $sandbox->client();
    $fiber = new Fiber(fn () => $client->massUpdate([1], 'plan', 'pro', progress: fn () => Fiber::suspend('seen'))->confirmed);
    $seen = $fiber->start();
    while (!$fiber->isTerminated()) {
        $fiber->resume();
    }
    same(['seen', 1], [$seen, $fiber->getReturn()]);
});

test('a run in a destructor has its callbacks', function (): void {
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
    holds($calls > 0, 'no calls');
    same([1 => '"pro"'], $sandbox->ledger('plan'));
});

test('a child that is made in a callback ends with it, and the run goes on', function (): void {
    foreach (['exit(0);', 'return;'] as $child) {
        [$exit, $output] = withClient(<<<PHP
            \$made = 0;
            \$report = \$client->massUpdate([1, 2], 'plan', 'pro', progress: function () use (&\$made) {
                if (\$made === 0 && (\$made = pcntl_fork()) === 0) {
                    $child
                }
            });
            pcntl_waitpid(\$made, \$status);
            echo "confirmed \$report->confirmed, child ", pcntl_wifexited(\$status) ? 'ended' : 'killed';
            PHP);
        contains('confirmed 2, child ended', $output);
        contains('a child of pcntl_fork() ends with the callback that it was made in', $output);
        same(0, $exit);
    }
});
