<?php

// A million ids in a few seconds, and no memory that grows from run to run.

declare(strict_types=1);

use UserCom\IdState;

test('a million ids', function (): void {
    $sandbox = new Sandbox();
    $client = $sandbox->client(batchSize: 10000);
    $ids = range(1, 1_000_000);
    $texts = array_map(strval(...), $ids);
    $seconds = [];
    $time = static function (string $what, Closure $run) use (&$seconds): mixed {
        $start = hrtime(true);
        $result = $run();
        $seconds[$what] = (hrtime(true) - $start) / 1e9;

        return $result;
    };
    $time('integers', fn () => UserCom\Internal\IdList::numeric($ids));
    $time('digits', fn () => UserCom\Internal\IdList::numeric($texts));
    $time('custom ids', fn () => UserCom\Internal\IdList::custom($texts));
    $rows = array_map(fn (int $id): array => [$id, 'score ' . $id % 100], $ids);
    $time('rows', fn () => (new UserCom\Internal\Rows($rows, false))->valueIndex());
    $report = $time('run', fn () => $client->massUpdate($ids, 'plan', 'pro'));
    same(1_000_000, $report->confirmed);
    $states = $time('states', fn () => $report->states());
    same([1_000_000, IdState::Confirmed], [count($states), $states[999_999]]);
    foreach ($seconds as $what => $took) {
        printf("        %-10s %.2f s\n", $what, $took);
        // Far above what was measured, so that only a loop that became quadratic or ten times slower fails.
        holds($took < ($what === 'run' ? 60 : 5), "$what took $took s");
    }
});

test('runs leave nothing behind', function (): void {
    $sandbox = new Sandbox();
    $rss = static fn (): int => (int) preg_replace('/.*VmRSS:\s*(\d+).*/s', '$1', (string) file_get_contents('/proc/self/status'));
    $round = static function () use ($sandbox): void {
        $client = $sandbox->client(log: fn () => null, logLevel: 5);
        $ids = range(1, 20000);
        $report = $client->massUpdate($ids, 'plan', 'pro', dryRun: true, progress: fn () => count($ids));
        $report->states();
        $client->massUpdateCustomIds($ids, 'plan', 'pro', dryRun: true);
        $client->massUpdateRows([[1, 'a'], [2, 'b']], 'plan', progress: fn () => null, cancel: new UserCom\Cancel());
        try {
            $client->massUpdate([0], 'plan', 'pro');
        } catch (UserCom\Error) {
        }
    };
    for ($warm = 0; $warm < 20; ++$warm) {
        $round();
    }
    gc_collect_cycles();
    [$php, $all] = [memory_get_usage(), $rss()];
    for ($again = 0; $again < 80; ++$again) {
        $round();
    }
    gc_collect_cycles();
    $grown = memory_get_usage() - $php;
    holds($grown < 20_000, "PHP's memory grew by $grown bytes in 80 rounds");
    // One leaked list of ids in each round would be 13 MB.
    $grown = $rss() - $all;
    holds($grown < 6_000, "the process grew by $grown KiB in 80 rounds");
});
