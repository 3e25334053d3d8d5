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
