<?php

declare(strict_types=1);

namespace UserCom\Tests;

use Closure;
use UserCom\IdState;

/** A million ids in a few seconds, and no memory that grows from run to run. */
final class ScaleTest extends TestCase
{
    public function testAMillionIds(): void
    {
        $sandbox = new Sandbox();
        $client = $sandbox->client(batchSize: 10000);
        $ids = range(1, 1_000_000);
        $texts = array_map(strval(...), $ids);
        $seconds = [];
        // Of the processor, so that other programs on the machine do not count.
        $now = static fn (array $usage): float => $usage['ru_utime.tv_sec'] + $usage['ru_utime.tv_usec'] / 1e6;
        $time = static function (string $what, Closure $run) use (&$seconds, $now): mixed {
            $start = $now(getrusage());
            $result = $run();
            $seconds[$what] = $now(getrusage()) - $start;

            return $result;
        };
        $time('integers', fn () => \UserCom\Internal\IdList::numeric($ids));
        $time('digits', fn () => \UserCom\Internal\IdList::numeric($texts));
        $time('custom ids', fn () => \UserCom\Internal\IdList::custom($texts));
        $rows = array_map(fn (int $id): array => [$id, 'score ' . $id % 100], $ids);
        $time('rows', fn () => (new \UserCom\Internal\Rows($rows, false))->valueIndex());
        $report = $time('run', fn () => $client->massUpdate($ids, 'plan', 'pro'));
        self::assertSame(1_000_000, $report->confirmed);
        $states = $time('states', fn () => $report->states());
        self::assertSame([1_000_000, IdState::Confirmed], [count($states), $states[999_999]]);
        foreach ($seconds as $what => $took) {
            // Far above what was measured, so that only a loop that became quadratic or ten times slower fails.
            self::assertLessThan(5, $took, $what);
        }
    }

    public function testRunsLeaveNothingBehind(): void
    {
        $sandbox = new Sandbox();
        $rss = static fn (): int => (int) preg_replace('/.*VmRSS:\s*(\d+).*/s', '$1', (string) file_get_contents('/proc/self/status'));
        $round = static function () use ($sandbox): void {
            $client = $sandbox->client(log: fn () => null, logLevel: 5);
            $ids = range(1, 20000);
            $report = $client->massUpdate($ids, 'plan', 'pro', dryRun: true, progress: fn () => count($ids));
            $report->states();
            $client->massUpdateCustomIds($ids, 'plan', 'pro', dryRun: true);
            $client->massUpdateRows([[1, 'a'], [2, 'b']], 'plan', progress: fn () => null, cancel: new \UserCom\Cancel());
            try {
                $client->massUpdate([0], 'plan', 'pro');
            } catch (\UserCom\Error) {
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
        self::assertTrue($grown < 20_000, "PHP's memory grew by $grown bytes in 80 rounds");
        // One leaked list of ids in each round would be 13 MB.
        $grown = $rss() - $all;
        self::assertTrue($grown < 6_000, "the process grew by $grown KiB in 80 rounds");
    }
}
