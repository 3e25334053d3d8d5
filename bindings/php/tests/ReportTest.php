<?php

declare(strict_types=1);

namespace UserCom\Tests;

use OutOfRangeException;
use UserCom\Error\PartialUpdate;
use UserCom\Failure;
use UserCom\IdState;
use UserCom\Status;

/** A report tells of every single id what became of it, and agrees with the service's own ledger. */
final class ReportTest extends TestCase
{
    private static function partial(): array
    {
        $users = new TempFile("id,plan\n" . implode("\n", array_map(fn (int $id): string => "$id,free", range(1, 50))) . "\n");
        $sandbox = new Sandbox('--users', $users->path, '--unknown-ids', 'reject');

        return [$sandbox, $sandbox->client(batchSize: 10)->massUpdate([...range(1, 30), '99', ...range(31, 50), 98], 'plan', 'pro')];
    }

    public function testARunThatAllGoesWellWith(): void
    {
        $sandbox = new Sandbox();
        $report = $sandbox->client()->massUpdate([1, 2], 'plan', 'pro');
        self::assertSame(
            [Status::OK, 2, 2, 0, 0, 0, 1, [], []],
            [$report->status, $report->total, $report->confirmed, $report->rejected, $report->unknown,
                $report->notAttempted, $report->requests, $report->notes, iterator_to_array($report->failures())],
        );
        self::assertSame([IdState::Confirmed, IdState::Confirmed], $report->states());
        self::assertSame($report, $report->raiseForFailures());
        self::assertSame('all 2 ids confirmed', $report->message);
        self::assertStringContainsString('2 ids: 2 confirmed, 0 rejected', (string) $report);
    }

    public function testAPartialRunReturnsItsReportAndSaysWhichIdsAndWhy(): void
    {
        [$sandbox, $report] = self::partial();
        self::assertSame(
            [Status::PARTIAL, 52, 50, 2, 0, 0],
            [$report->status, $report->total, $report->confirmed, $report->rejected, $report->unknown, $report->notAttempted],
        );
        $states = $report->states();
        self::assertSame(52, count($states));
        foreach ($states as $position => $state) {
            self::assertSame($state, $report->state($position));
            self::assertSame(in_array($position, [30, 51], true) ? IdState::Rejected : IdState::Confirmed, $state, "position $position");
        }
        $failures = iterator_to_array($report->failures());
        self::assertSame([[30, 99], [51, 98]], array_map(fn (Failure $f): array => [$f->index, $f->id], $failures));
        self::assertSame([IdState::Rejected, 400], [$failures[0]->state, $failures[0]->httpStatus]);
        self::assertStringContainsString('object does not exist', $failures[0]->message);

        self::assertSame(range(1, 50), array_keys($sandbox->ledger('plan')));

        $json = json_decode($report->json(), true, 16, JSON_THROW_ON_ERROR);
        self::assertSame(['partial', 2, 52], [$json['status'], $json['failure_count'], $json['total']]);
        self::assertStringContainsString('id 99 at position 30: rejected (http 400)', (string) $report);
    }

    public function testRaiseForFailuresThrowsWhatTheReportTells(): void
    {
        [, $report] = self::partial();
        $e = self::assertThrows(PartialUpdate::class, $report->raiseForFailures(...), $report->message);
        self::assertSame([Status::PARTIAL, Status::PARTIAL, $report], [$e->status, $e->getCode(), $e->report]);
    }

    public function testPositionsThatThereAreNot(): void
    {
        [, $report] = self::partial();
        foreach ([-1, 52, PHP_INT_MAX] as $position) {
            self::assertThrows(OutOfRangeException::class, fn () => $report->state($position), 'had 52 positions');
        }
    }

    public function testFailuresOfCustomIdsNameTheCustomId(): void
    {
        $users = new TempFile("id,custom_id\n1,u-1\n");
        $sandbox = new Sandbox('--users', $users->path, '--unknown-ids', 'reject');
        $report = $sandbox->client()->massUpdateCustomIds(['u-1', '1', 'żółw'], 'plan', 'pro');
        $failed = array_map(fn (Failure $f): string|int => $f->id, iterator_to_array($report->failures()));
        self::assertStringContainsString('żółw', implode(' ', $failed));
        foreach ($report->failures() as $failure) {
            self::assertSame(['u-1', '1', 'żółw'][$failure->index], $failure->id);
        }
    }

    public function testAReportOutlivesItsClientAndCanBeReadTwice(): void
    {
        [, $report] = self::partial();
        gc_collect_cycles();
        self::assertSame(2, iterator_count($report->failures()));
        self::assertSame(2, iterator_count($report->failures()));
        foreach ($report->failures() as $failure) {
            break; // half-way
        }
        self::assertSame(99, $failure->id);
        self::assertThrows(\Error::class, fn () => clone $report);
    }

    public function testADryRunSendsNothing(): void
    {
        $sandbox = new Sandbox();
        $report = $sandbox->client()->massUpdate(range(1, 2500), 'plan', 'pro', dryRun: true);
        self::assertSame([Status::DRY_RUN, 3, 2500], [$report->status, $report->requests, $report->notAttempted]);
        self::assertSame($report, $report->raiseForFailures());
        self::assertSame([], $sandbox->requests());
    }

    public function testTheSameIdTwiceIsSentOnceAndReportedAtBothPositions(): void
    {
        $sandbox = new Sandbox();
        $report = $sandbox->client()->massUpdate([5, 6, 5], 'plan', 'pro');
        self::assertSame([3, 2], [$report->confirmed, $sandbox->requests()[0]['ids']]);
    }

    public function testRepeatingTheCallWithAJournalResumesTheRun(): void
    {
        $users = new TempFile("id,plan\n1,a\n");
        $dir = $users->path . '-journal';
        $sandbox = new Sandbox();
        $cancel = fn (\UserCom\Progress $p): bool => $p->confirmed < 2;
        $run = fn (?callable $progress) => $sandbox->client(batchSize: 1, rateLimit: 20)
            ->massUpdate(range(1, 10), 'plan', 'pro', progress: $progress, journalDir: $dir, journalMaxAge: 60.0);
        try {
            self::assertThrows(\UserCom\Error\Cancelled::class, fn () => $run($cancel));
            $before = count($sandbox->requests());
            $report = $run(null);
            self::assertSame([0, 10], [$report->status, $report->confirmed]);
            self::assertTrue($before > 0 && $report->requests < 10, "after $before requests there were $report->requests more");
            self::assertSame(range(1, 10), array_keys($sandbox->ledger('plan')));
            self::assertSame([], glob("$dir/*.journal"));
        } finally {
            array_map(unlink(...), glob("$dir/*"));
            @rmdir($dir);
        }
    }

    public function testRow98TheServicesWordsArriveInReportAndException(): void
    {
        $words = 'Object with name=colour does not exist.';
        $sandbox = new Sandbox('--unknown-attributes', 'reject');
        $e = self::assertThrows(\UserCom\Error\Rejected::class, fn () => $sandbox->client()->massUpdate([1, 2, 3], 'colour', 'red'));
        self::assertSame($e->report->message, $e->getMessage());
        foreach ([(string) $e->report, $e->report->json(), print_r(iterator_to_array($e->report->failures()), true)] as $text) {
            self::assertStringContainsString($words, $text);
        }
        self::assertStringContainsString("rejected: {$e->report->message}\n3 ids: 0 confirmed, 3 rejected", (string) $e->report);

        $wrong = new \UserCom\Client('acme', str_repeat('x', 64), baseUrl: $sandbox->url, rateLimit: 0);
        $e = self::assertThrows(\UserCom\Error\Unauthorized::class, fn () => $wrong->massUpdate([1], 'plan', 'pro'), 'Invalid token.');
        self::assertStringContainsString('Invalid token.', (string) $e->report);

        $post = new Sandbox('--methods', 'post');
        self::assertThrows(\UserCom\Error\WrongEndpoint::class, fn () => $post->client()->massUpdate([1], 'plan', 'pro'), 'POST');
    }

    public function testDumpsOfAReportAndOfAnExceptionAreShortWhateverTheNumberOfIds(): void
    {
        $sandbox = new Sandbox('--unknown-attributes', 'reject');
        foreach (['massUpdate', 'massUpdateCustomIds'] as $method) {
            $e = self::assertThrows(\UserCom\Error\Rejected::class, fn () => $sandbox->client()->$method(range(1, 20000), 'colour', 'red'));
            ob_start();
            var_dump($e);
            print_r($e->report);
            $dump = (string) ob_get_clean();
            self::assertStringContainsString('20000', $dump);
            self::assertTrue(strlen($dump) < 10_000, strlen($dump) . ' bytes');
        }
    }
}
