<?php

declare(strict_types=1);

namespace UserCom\Tests;

use ArrayIterator;
use EmptyIterator;
use Generator;
use SplFixedArray;
use Traversable;
use UserCom\Error\InvalidArgument;
use stdClass;

/** Whose attribute is set: every kind of list that PHP people have, and what is invalid, by its position. */
final class IdsTest extends TestCase
{
    public function testIdsComeFromAnyIterableAsIntegersOrAsDigits(): void
    {
        $sandbox = new Sandbox();
        $client = $sandbox->client();
        $kinds = [
            'list' => [7, 8, 9],
            'digits' => ['7', '8', '9'],
            'numbers as keys are positions' => [5 => 7, 3 => '8', 1 => 9],
            'generator' => (static function (): Generator {
                yield 7;
                yield from ['8', 9];
            })(),
            'iterator' => new ArrayIterator([7, '8', 9]),
            'fixed array' => SplFixedArray::fromArray([7, 8, 9]),
        ];
        foreach ($kinds as $name => $ids) {
            $report = $client->massUpdate($ids, $name, 1);
            self::assertSame([3, 3, 1], [$report->total, $report->confirmed, $report->requests], $name);
            self::assertSame([7 => '1', 8 => '1', 9 => '1'], $sandbox->ledger($name), $name);
        }
        $report = $client->massUpdate([PHP_INT_MAX, '9223372036854775806'], 'large', 1);
        self::assertSame(['9223372036854775806', '9223372036854775807'], array_map(strval(...), array_keys($sandbox->ledger('large'))));
    }

    public function testAnEmptyListIsFineAndSendsNothing(): void
    {
        $sandbox = new Sandbox();
        $client = $sandbox->client();
        foreach (
            [
            fn () => $client->massUpdate([], 'plan', 1),
            fn () => $client->massUpdateCustomIds(new EmptyIterator(), 'plan', 1),
            fn () => $client->massUpdateRows([], 'plan'),
            fn () => $client->massUpdateRowsCustomIds([], 'plan'),
            ] as $run
        ) {
            $report = $run();
            self::assertSame([0, 0, 0, []], [$report->status, $report->total, $report->requests, $report->states()]);
        }
        self::assertSame([], $sandbox->requests());
    }

    public function testIdsThatAreNoneAreInvalidByTheirPosition(): void
    {
        $sandbox = new Sandbox();
        $client = $sandbox->client();
        $invalid = [
            [0, 'is 0; User.com\'s ids are above 0'], [-1, 'is -1;'], ['0', 'is 0;'],
            ['-5', 'is "-5"; ids are whole numbers'], ['+5', 'is "+5"'], ['05', 'is "05"'], [' 5', 'is " 5"'],
            ["5\n", 'is "5\n"'], ['5.0', 'is "5.0"'], ['1e3', 'is "1e3"'], ['', 'is ""'], ['u-1', 'is "u-1"'],
            ['9223372036854775808', 'is "9223372036854775808"'], ["\xff", 'ids are whole numbers'],
            [5.0, 'is the float 5;'], [true, 'is bool;'], [null, 'is null;'], [[5], 'is array;'],
            [new stdClass(), 'is stdClass;'],
        ];
        foreach ($invalid as [$id, $says]) {
            $e = self::assertThrows(InvalidArgument::class, fn () => $client->massUpdate([1, 2, $id], 'plan', 1), $says);
            self::assertStringContainsString('ids: the id at position 2 (counted from 0) ', $e->getMessage());
            self::assertSame([null, 10], [$e->report, $e->status]);
        }
        self::assertSame([], $sandbox->requests());
    }

    public function testCustomIdsAreText(): void
    {
        $sandbox = new Sandbox();
        $client = $sandbox->client();
        $report = $client->massUpdateCustomIds(['u-1', 7, 'żółw', 'a"b'], 'plan', 'pro');
        self::assertSame(4, $report->confirmed);
        $request = $sandbox->requests()[0];
        self::assertStringContainsString('/users-by-id/', $request['path']);
        self::assertSame(4, $request['ids']);
        foreach (
            [
            ["a\0b", 'has a NUL byte'], ["\xff", 'is not UTF-8'], [1.5, 'is the float 1.5'], [null, 'is null'],
            ['', 'has 0 bytes'], [str_repeat('x', 1025), 'has 1025 bytes'],
            ] as [$id, $says]
        ) {
            $e = self::assertThrows(InvalidArgument::class, fn () => $client->massUpdateCustomIds(['ok', $id], 'plan', 1), $says);
            self::assertStringContainsString('customIds: the id at position 1 (counted from 0) ', $e->getMessage());
        }
    }

    public function testRowsArePairsOrAnArrayOfIdToValueGroupedByValue(): void
    {
        $sandbox = new Sandbox();
        $client = $sandbox->client();
        $pairs = (static function (): Generator {
            yield [1, 10];
            yield ['2', 20.0];
            yield [3, 10];
            yield [4, [1, 2]];
        })();
        $kinds = [
            'generator' => $pairs,
            'list' => [[1, 10], ['2', 20.0], [3, 10], [4, [1, 2]]],
            'map' => [1 => 10, 2 => 20.0, 3 => 10, 4 => [1, 2]],
        ];
        foreach ($kinds as $name => $rows) {
            $report = $client->massUpdateRows($rows, $name);
            self::assertSame([4, 4, 3], [$report->total, $report->confirmed, $report->requests], $name);
            self::assertSame([1 => '10', 2 => '20.0', 3 => '10', 4 => '[1,2]'], $sandbox->ledger($name), $name);
        }
        self::assertSame(2, $client->massUpdateRowsCustomIds(['u-1' => 'a', 7 => 'b'], 'plan')->confirmed);
        self::assertSame(2, $client->massUpdateRowsCustomIds([['u-1', ['a', 'b']], ['u-2', 'b']], 'plan')->confirmed);

        $report = $client->massUpdateRows([[5, 'old'], [5, 'new']], 'twice');
        self::assertSame([1, 1], [$report->confirmed, $report->notAttempted]);
        self::assertStringContainsString('superseded by position 1', implode($report->notes));
        self::assertSame([5 => '"new"'], $sandbox->ledger('twice'));
    }

    public function testRowsThatCouldBeMeantOtherwiseAreInvalid(): void
    {
        $sandbox = new Sandbox();
        $client = $sandbox->client();
        $rows = static fn (array|Traversable $rows) => static fn () => $client->massUpdateRows($rows, 'plan');
        self::assertThrows(InvalidArgument::class, $rows([1 => [15, 'a'], 3 => [16, 'b']]), 'array_values($rows)');
        self::assertThrows(InvalidArgument::class, $rows([[15, 'a'], 16]), 'rows: the row at position 1 (counted from 0) is not');
        self::assertThrows(InvalidArgument::class, $rows([['id' => 15, 'value' => 'a']]), 'is not an [id, value] pair');
        self::assertThrows(InvalidArgument::class, $rows([[15, NAN]]), 'rows: the value at position 0 (counted from 0): is NAN');
        $null = self::assertThrows(InvalidArgument::class, $rows([[15, 'a'], [16, null]]), 'set allowNull to send it');
        self::assertStringContainsString('rows: the value at position 1 (counted from 0): null', $null->getMessage());
        self::assertThrows(InvalidArgument::class, $rows([[15, 'a'], ['x', 'a']]), 'ids: the id at position 1 (counted from 0)');
        self::assertThrows(InvalidArgument::class, $rows(new ArrayIterator(['u-1' => ['a', 'b']])), 'yield [id, value] pairs');
        self::assertSame([], $sandbox->requests());
        // Choices of text can't be taken for a pair of id and value.
        self::assertSame(2, $client->massUpdateRows([15 => ['red', 'blue'], 16 => 'red'], 'colours')->confirmed);
    }
}
