<?php

declare(strict_types=1);

namespace UserCom\Tests;

use UserCom\Cancel;
use UserCom\CheckLine;
use UserCom\Client;
use UserCom\Difference;
use UserCom\Error\Cancelled;
use UserCom\Error\InvalidArgument;
use UserCom\Error\Mismatch;
use UserCom\Finding;
use UserCom\Json;
use UserCom\Status;
use UserCom\User;

/** Looking before and after: check, all users, preflight, verify. */
final class LookTest extends TestCase
{
    /** It ignores what is no integer, and has two users on a page. */
    private static function shop(): Sandbox
    {
        $users = new TempFile("id,custom_id,email,score\n1,u-1,a@x.example,5\n2,,,5\n3,u-3,c@x.example,\n");

        return new Sandbox('--users', $users->path, '--attribute', 'score:integer', '--ignore-bad-values', '--page-size', '2');
    }

    public function testACheckHasALineForEachThingThatItLookedAt(): void
    {
        $sandbox = self::shop();
        $client = $sandbox->client();
        $check = $client->check('score', 12, 'many');
        self::assertSame([false, Status::INVALID_ARGUMENT], [$check->passed, $check->status]);
        self::assertSame(
            ['name', 'connection', 'tls', 'clock', 'token', 'scope', 'attribute', 'type'],
            array_map(fn (CheckLine $line): string => $line->about, $check->lines),
        );
        self::assertSame([Finding::Ok, Finding::Failed], [$check->lines[4]->finding, $check->lines[7]->finding]);
        self::assertStringContainsString("can't be read as integer", $check->lines[7]->text);
        self::assertStringContainsString("\nfailed   type: ", (string) $check);
        self::assertFalse(json_decode($check->json(), true)['passed']);
        self::assertTrue($client->check()->passed && $client->check('score')->passed && $client->check('score', 1, 2)->passed);
        self::assertThrows(InvalidArgument::class, fn () => $client->check('score', 1, new Json('x')), 'values: entry 1');
        self::assertThrows(InvalidArgument::class, fn () => $client->check('score', NAN), 'values[0]');
        $wrong = new Client('acme', str_repeat('x', 64), baseUrl: $sandbox->url, rateLimit: 0);
        self::assertSame(Status::UNAUTHORIZED, $wrong->check()->status);
    }

    public function testAllUsersComePageByPage(): void
    {
        $sandbox = self::shop();
        $client = $sandbox->client();
        $users = $client->users(['score']);
        self::assertSame(['', []], [$users->cursor(), $sandbox->requests()]);
        $seen = $cursors = [];
        foreach ($users as $user) {
            self::assertInstanceOf(User::class, $user);
            $seen[] = [$user->id, $user->customId, $user->email, $user->attributes];
            $cursors[] = $users->cursor();
        }
        self::assertSame([
            [1, 'u-1', 'a@x.example', ['score' => 5]],
            [2, null, null, ['score' => 5]],
            [3, 'u-3', 'c@x.example', ['score' => null]],
        ], $seen);
        self::assertSame(['page=2', 'page=2', null, null], [...$cursors, $users->cursor()]);
        self::assertSame([], iterator_to_array($users));
        $ids = fn (iterable $users): array => array_map(fn (User $user): int => $user->id, iterator_to_array($users));
        self::assertSame([3], $ids($client->users(cursor: 'page=2')));

        self::assertThrows(InvalidArgument::class, fn () => $client->users(cursor: 'a b'), 'cursor: ');
        self::assertThrows(InvalidArgument::class, fn () => $client->users([5]), 'attributes: the one at position 0 is of type int');
        $cancel = new Cancel();
        $cancelled = $client->users(cancel: $cancel);
        $cancel->request();
        self::assertThrows(Cancelled::class, fn () => $cancelled->getIterator()->current());
    }

    public function testUsersOutliveTheirClient(): void
    {
        $sandbox = self::shop();
        $users = $sandbox->client()->users();
        gc_collect_cycles();
        self::assertCount(3, iterator_to_array($users));
    }

    public function testPreflightAndVerify(): void
    {
        $sandbox = self::shop();
        $client = $sandbox->client();
        self::assertThrows(
            InvalidArgument::class,
            fn () => $client->massUpdate([1], 'score', 'many', preflight: true),
            "value: \"many\" can't be read as integer",
        );
        $good = $client->massUpdate([1, 2], 'score', 7, verify: 2);
        self::assertSame([2, 0, []], [$good->verified, $good->mismatched, $good->mismatches]);
        // The deadline ends the waits before a mismatch is read again.
        $strict = $client->massUpdateCustomIds(['u-1', 'u-3'], 'score', 'many', verify: 2, verifyStrict: true, deadline: 2.5);
        self::assertSame([Status::MISMATCH, 2, 0, 2], [$strict->status, $strict->confirmed, $strict->verified, $strict->mismatched]);
        self::assertEquals(new Difference(0, 'u-1', '"many"', '7'), $strict->mismatches[0]);
        self::assertSame($strict, self::assertThrows(Mismatch::class, $strict->raiseForFailures(...), 'read back')->report);
    }

    /** The processes of a user share a file, which a process keeps open. */
    public function testTheOneShotSharesTheRateLimitOfTheHost(): void
    {
        $sandbox = new Sandbox();
        $openFiles = 'echo implode("\n", array_map(fn (string $file): string => (string) @readlink($file), '
            . 'glob("/proc/self/fd/*")));';
        $environment = ['USERCOM_TOKEN' => Sandbox::TOKEN, 'USERCOM_BASE_URL' => $sandbox->url];
        $oneShot = 'UserCom\massUpdate("acme", getenv("USERCOM_TOKEN"), [1, 2], "plan", "pro");';
        [$exit, $output] = self::script($oneShot . $openFiles, [], $environment);
        self::assertSame(0, $exit, $output);
        self::assertMatchesRegularExpression('~/usercom[^\n]*\.rate$~m', $output);
        $own = '$client = new UserCom\Client("acme", getenv("USERCOM_TOKEN"), baseUrl: getenv("USERCOM_BASE_URL"), '
            . 'rateLimitScope: "process"); $client->massUpdate([1, 2], "plan", "pro");';
        self::assertStringNotContainsString('.rate', self::script($own . $openFiles, [], $environment)[1]);
        self::assertCount(2, $sandbox->requests());
    }
}
