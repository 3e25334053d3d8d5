<?php

// A report tells of every single id what became of it, and agrees with the service's own ledger.

declare(strict_types=1);

use UserCom\Error\PartialUpdate;
use UserCom\Failure;
use UserCom\IdState;
use UserCom\Status;

function partial(): array
{
    $users = new TempFile("id,plan\n" . implode("\n", array_map(fn (int $id): string => "$id,free", range(1, 50))) . "\n");
    $sandbox = new Sandbox('--users', $users->path, '--unknown-ids', 'reject');

    return [$sandbox, $sandbox->client(batchSize: 10)->massUpdate([...range(1, 30), '99', ...range(31, 50), 98], 'plan', 'pro')];
}

test('a run that all goes well with', function (): void {
    $sandbox = new Sandbox();
    $report = $sandbox->client()->massUpdate([1, 2], 'plan', 'pro');
    same(
        [Status::OK, 2, 2, 0, 0, 0, 1, [], []],
        [$report->status, $report->total, $report->confirmed, $report->rejected, $report->unknown,
            $report->notAttempted, $report->requests, $report->notes, iterator_to_array($report->failures())],
    );
    same([IdState::Confirmed, IdState::Confirmed], $report->states());
    same($report, $report->raiseForFailures());
    same('all 2 ids confirmed', $report->message);
    contains('2 ids: 2 confirmed, 0 rejected', (string) $report);
});

test('a partial run returns its report, and says which ids and why', function (): void {
    [$sandbox, $report] = partial();
    same(
        [Status::PARTIAL, 52, 50, 2, 0, 0],
        [$report->status, $report->total, $report->confirmed, $report->rejected, $report->unknown, $report->notAttempted],
    );
    $states = $report->states();
    same(52, count($states));
    foreach ($states as $position => $state) {
        same($state, $report->state($position));
        same(in_array($position, [30, 51], true) ? IdState::Rejected : IdState::Confirmed, $state, "position $position");
    }
    $failures = iterator_to_array($report->failures());
    same([[30, 99], [51, 98]], array_map(fn (Failure $f): array => [$f->index, $f->id], $failures));
    same([IdState::Rejected, 400], [$failures[0]->state, $failures[0]->httpStatus]);
    contains('object does not exist', $failures[0]->message);

    same(range(1, 50), array_keys($sandbox->ledger('plan')));

    $json = json_decode($report->json(), true, 16, JSON_THROW_ON_ERROR);
    same(['partial', 2, 52], [$json['status'], $json['failure_count'], $json['total']]);
    contains('id 99 at position 30: rejected (http 400)', (string) $report);
});

test('raiseForFailures throws what the report tells', function (): void {
    [, $report] = partial();
    $e = throws(PartialUpdate::class, $report->raiseForFailures(...), $report->message);
    same([Status::PARTIAL, Status::PARTIAL, $report], [$e->status, $e->getCode(), $e->report]);
});

test('positions that there are not', function (): void {
    [, $report] = partial();
    foreach ([-1, 52, PHP_INT_MAX] as $position) {
        throws(OutOfRangeException::class, fn () => $report->state($position), 'had 52 positions');
    }
});

test('failures of custom ids name the custom id', function (): void {
    $users = new TempFile("id,custom_id\n1,u-1\n");
    $sandbox = new Sandbox('--users', $users->path, '--unknown-ids', 'reject');
    $report = $sandbox->client()->massUpdateCustomIds(['u-1', '1', 'żółw'], 'plan', 'pro');
    $failed = array_map(fn (Failure $f): string|int => $f->id, iterator_to_array($report->failures()));
    contains('żółw', implode(' ', $failed));
    foreach ($report->failures() as $failure) {
        same(['u-1', '1', 'żółw'][$failure->index], $failure->id);
    }
});

test('a report outlives its client, and can be read twice', function (): void {
    [, $report] = partial();
    gc_collect_cycles();
    same(2, iterator_count($report->failures()));
    same(2, iterator_count($report->failures()));
    foreach ($report->failures() as $failure) {
        break; // half-way
    }
    same(99, $failure->id);
    throws(Error::class, fn () => clone $report);
});

test('a dry run sends nothing', function (): void {
    $sandbox = new Sandbox();
    $report = $sandbox->client()->massUpdate(range(1, 2500), 'plan', 'pro', dryRun: true);
    same([Status::DRY_RUN, 3, 2500], [$report->status, $report->requests, $report->notAttempted]);
    same($report, $report->raiseForFailures());
    same([], $sandbox->requests());
});

test('the same id twice is sent once and reported at both positions', function (): void {
    $sandbox = new Sandbox();
    $report = $sandbox->client()->massUpdate([5, 6, 5], 'plan', 'pro');
    same([3, 2], [$report->confirmed, $sandbox->requests()[0]['ids']]);
});

test('repeating the call with a journal resumes the run', function (): void {
    $users = new TempFile("id,plan\n1,a\n");
    $dir = $users->path . '-journal';
    $sandbox = new Sandbox();
    $cancel = fn (UserCom\Progress $p): bool => $p->confirmed < 2;
    $run = fn (?callable $progress) => $sandbox->client(batchSize: 1, rateLimit: 20)
        ->massUpdate(range(1, 10), 'plan', 'pro', progress: $progress, journalDir: $dir, journalMaxAge: 60.0);
    try {
        throws(UserCom\Error\Cancelled::class, fn () => $run($cancel));
        $before = count($sandbox->requests());
        $report = $run(null);
        same([0, 10], [$report->status, $report->confirmed]);
        holds($before > 0 && $report->requests < 10, "after $before requests there were $report->requests more");
        same(range(1, 10), array_keys($sandbox->ledger('plan')));
        same([], glob("$dir/*.journal"));
    } finally {
        array_map(unlink(...), glob("$dir/*"));
        @rmdir($dir);
    }
});

test('row 98: the service\'s words arrive in report and exception', function (): void {
    $words = 'Object with name=colour does not exist.';
    $sandbox = new Sandbox('--unknown-attributes', 'reject');
    $e = throws(UserCom\Error\Rejected::class, fn () => $sandbox->client()->massUpdate([1, 2, 3], 'colour', 'red'));
    same($e->report->message, $e->getMessage());
    foreach ([(string) $e->report, $e->report->json(), print_r(iterator_to_array($e->report->failures()), true)] as $text) {
        contains($words, $text);
    }
    contains("rejected: {$e->report->message}\n3 ids: 0 confirmed, 3 rejected", (string) $e->report);

    $wrong = new UserCom\Client('acme', str_repeat('x', 64), baseUrl: $sandbox->url, rateLimit: 0);
    $e = throws(UserCom\Error\Unauthorized::class, fn () => $wrong->massUpdate([1], 'plan', 'pro'), 'Invalid token.');
    contains('Invalid token.', (string) $e->report);

    $post = new Sandbox('--methods', 'post');
    throws(UserCom\Error\WrongEndpoint::class, fn () => $post->client()->massUpdate([1], 'plan', 'pro'), 'POST');
});

test('dumps of a report and of an exception are short, whatever the number of ids', function (): void {
    $sandbox = new Sandbox('--unknown-attributes', 'reject');
    foreach (['massUpdate', 'massUpdateCustomIds'] as $method) {
        $e = throws(UserCom\Error\Rejected::class, fn () => $sandbox->client()->$method(range(1, 20000), 'colour', 'red'));
        ob_start();
        var_dump($e);
        print_r($e->report);
        $dump = (string) ob_get_clean();
        contains('20000', $dump);
        holds(strlen($dump) < 10_000, strlen($dump) . ' bytes');
    }
});
