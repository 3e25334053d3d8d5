<?php

declare(strict_types=1);

namespace UserCom\Tests;

use ArrayIterator;
use Closure;
use DomainException;
use Generator;
use IteratorAggregate;
use PDO;
use PDOStatement;
use SplObjectStorage;
use UserCom\Error\InvalidArgument;
use UserCom\Tests\Fixtures\CollectionLike;
use UserCom\Tests\Fixtures\LazyCollectionLike;
use UserCom\Tests\Fixtures\ModelLike;
use UserCom\Tests\Fixtures\User;
use stdClass;

/** Ids and rows at their edges: what databases and collections give, and no key that is thrown away unseen. */
final class EdgesIdsTest extends TestCase
{
    private static function database(): PDO
    {
        $database = new PDO('sqlite::memory:', options: [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
        $database->exec('CREATE TABLE users (id INTEGER, points INTEGER)');
        $database->exec('INSERT INTO users VALUES (15, 7), (22, 9), (31, 7)');

        return $database;
    }

    public function testRow91ADatabaseFetchedInEachWay(): void
    {
        $sandbox = new Sandbox();
        $client = $sandbox->client();
        $database = self::database();
        $one = fn (): PDOStatement => $database->query('SELECT id FROM users');
        $two = fn (): PDOStatement => $database->query('SELECT id, points FROM users');

        $ids = [
            'fetchAll' => fn () => $one()->fetchAll(PDO::FETCH_COLUMN),
            'statement' => fn () => $database->query('SELECT id FROM users', PDO::FETCH_COLUMN, 0),
            'first of two columns' => fn () => $two()->fetchAll(PDO::FETCH_COLUMN),
            'array_column' => fn () => array_column($two()->fetchAll(PDO::FETCH_ASSOC), 'id'),
            'array_keys' => fn () => array_keys($two()->fetchAll(PDO::FETCH_KEY_PAIR)),
            'filtered' => fn () => array_filter([0, 15, 0, 22, 31]),
            'yield from' => function () {
                yield 15;
                yield from [22, 31];
            },
            'collection' => fn () => new CollectionLike([3 => 15, 7 => '22', 9 => 31]),
        ];
        foreach ($ids as $name => $fetch) {
            self::assertSame(3, $client->massUpdate($fetch(), $name, 1)->confirmed, $name);
            self::assertSame([15, 22, 31], array_keys($sandbox->ledger($name)), $name);
        }
        $rows = [
            'num' => fn () => $two()->fetchAll(PDO::FETCH_NUM),
            'num statement' => fn () => $database->query('SELECT id, points FROM users', PDO::FETCH_NUM),
            'key pair' => fn () => $two()->fetchAll(PDO::FETCH_KEY_PAIR),
            'pairs in a collection' => fn () => new CollectionLike([[15, 7], [22, 9], ['31', 7]]),
            'yield from' => function () {
                yield from [[15, 7], [22, 9]];
                yield from [['31', 7]];
            },
        ];
        foreach ($rows as $name => $fetch) {
            self::assertSame(3, $client->massUpdateRows($fetch(), $name)->confirmed, $name);
            self::assertSame([15 => '7', 22 => '9', 31 => '7'], $sandbox->ledger($name), $name);
        }
        $before = count($sandbox->requests());

        $column = ['PDO::FETCH_COLUMN', 'array_column', 'pluck'];
        $key = ['PDO::FETCH_COLUMN', 'massUpdateRows'];
        foreach (
            [
            [fn () => $two()->fetch(PDO::FETCH_ASSOC), ['position 0 (counted from 0) has the key "id"', ...$key]],
            [fn () => $two()->fetch(PDO::FETCH_BOTH), ['position 0 (counted from 0) has the key "id"', ...$key]],
            [fn () => $two()->fetchAll(PDO::FETCH_ASSOC), ['position 0 (counted from 0) is array', ...$column]],
            [fn () => $two()->fetchAll(PDO::FETCH_OBJ), ['position 0 (counted from 0) is stdClass', ...$column]],
            [$two, ['position 0 (counted from 0) is array', ...$column]],
            [fn () => new CollectionLike([new ModelLike()]), ['position 0 (counted from 0) is ' . ModelLike::class, ...$column]],
            [fn () => new CollectionLike([15, 'x' => 22]), ['position 1 (counted from 0) has the key "x"', ...$key]],
            [fn () => new ArrayIterator(['15' => 7, 'x' => 22]), ['position 1 (counted from 0) has the key "x"']],
            [fn () => (fn () => yield '15' => 7)(), ['position 0 (counted from 0) has the key "15"', ...$key]],
            [fn () => (fn () => yield 15 => 7)(), ['position 0 (counted from 0) has the key 15', ...$key]],
            [fn () => (fn () => yield 1.5 => 7)(), ['position 0 (counted from 0) has the key the float 1.5']],
            [fn () => (fn () => yield new stdClass() => 7)(), ['position 0 (counted from 0) has the key stdClass']],
            [function () {
                $storage = new SplObjectStorage();
                $storage[new ModelLike()] = 7;

                return $storage;
            }, ['position 0 (counted from 0) is ' . ModelLike::class, ...$column]],
            ] as [$fetch, $says]
        ) {
            foreach (['massUpdate' => 'ids: ', 'massUpdateCustomIds' => 'customIds: '] as $method => $argument) {
                $e = self::assertThrows(InvalidArgument::class, fn () => $client->$method($fetch(), 'plan', 1));
                self::assertTrue(str_starts_with($e->getMessage(), $argument), $e->getMessage());
                array_map(fn (string $word) => self::assertStringContainsString($word, $e->getMessage()), $says);
            }
        }
        $fetch = ['PDO::FETCH_NUM', 'PDO::FETCH_KEY_PAIR'];
        foreach (
            [
            [fn () => $two()->fetchAll(PDO::FETCH_ASSOC), ['the row at position 0 (counted from 0) is not', 'columns "id", "points"', ...$fetch]],
            [fn () => $two()->fetchAll(PDO::FETCH_OBJ), ['the row at position 0 (counted from 0) is not', 'columns "id", "points"', ...$fetch]],
            [fn () => $two()->fetchAll(PDO::FETCH_BOTH), ['the row at position 0 (counted from 0) is not', ...$fetch]],
            [$two, ['the row at position 0 (counted from 0) is not', ...$fetch]],
            [fn () => $two()->fetch(PDO::FETCH_ASSOC), ['has the key "id"', ...$fetch]],
            [fn () => array_slice($two()->fetchAll(PDO::FETCH_ASSOC), 1, preserve_keys: true), ['columns "id", "points"', ...$fetch]],
            [fn () => array_slice($two()->fetchAll(PDO::FETCH_OBJ), 1, preserve_keys: true), ['columns "id", "points"', ...$fetch]],
            [fn () => $two()->fetchAll(PDO::FETCH_UNIQUE | PDO::FETCH_ASSOC), ['columns "points"', ...$fetch]],
            [fn () => [3 => new ModelLike()], ['columns "id", "points"', ...$fetch]],
            [fn () => [new ModelLike()], ['is not an [id, value] pair but a row', ...$fetch]],
            [fn () => $one()->fetchAll(PDO::FETCH_NUM), ['is not an [id, value] pair: it has 1 columns']],
            [fn () => $one()->fetchAll(PDO::FETCH_COLUMN), ['is not an [id, value] pair but 15']],
            [fn () => new CollectionLike(['15' => 7]), ['the row at position 0 (counted from 0) has the key 15', 'iterator_to_array($rows)']],
            [fn () => new CollectionLike([[15, 7], 5 => [22, 9]]), ['the row at position 1 (counted from 0) has the key 5', 'iterator_to_array($rows, false)']],
            [fn () => (fn () => yield 15 => ['7', '8'])(), ['the row at position 0 (counted from 0) has the key 15', 'iterator_to_array($rows)']],
            [fn () => [[1 => 'a', 0 => 15]], ['is not an [id, value] pair: its keys are 1 and 0']],
            [fn () => new CollectionLike(['x' => [15, 7]]), ['has the key "x"', 'iterator_to_array($rows)']],
            [fn () => (fn () => yield '15' => [15, 7])(), ['has the key "15"', 'iterator_to_array($rows)']],
            ] as [$rows, $says]
        ) {
            foreach (['massUpdateRows', 'massUpdateRowsCustomIds'] as $method) {
                $e = self::assertThrows(InvalidArgument::class, fn () => $client->$method($rows(), 'plan'));
                self::assertTrue(str_starts_with($e->getMessage(), 'rows: '), $e->getMessage());
                array_map(fn (string $word) => self::assertStringContainsString($word, $e->getMessage()), $says);
            }
        }
        self::assertSame($before, count($sandbox->requests()));
    }

    /**
     * Each fetch mode that PDO has: it works as ids or as rows, or the message names one that does.
     */
    public function testRow91EachFetchModeWorksOrIsToldWhichDoes(): void
    {
        $sandbox = new Sandbox();
        $client = $sandbox->client();
        $database = self::database();
        $one = 'SELECT id FROM users';
        $two = 'SELECT id, points FROM users';
        $all = static fn (string $sql, mixed ...$mode): Closure => static fn () => $database->query($sql)->fetchAll(...$mode);
        $each = static fn (string $sql, mixed ...$mode): Closure => static fn () => $database->query($sql, ...$mode);
        $pair = static fn (int $id, int $points): array => [$id, $points];
        $points = [15 => '7', 22 => '9', 31 => '7'];

        foreach (
            [
            [$all($one, PDO::FETCH_COLUMN), true],
            [$each($one, PDO::FETCH_COLUMN, 0), true],
            [$all($two, PDO::FETCH_COLUMN, 0), true],
            [$all($one, PDO::FETCH_FUNC, static fn (int $id): int => $id), true],
            [$all($one, PDO::FETCH_NUM), 'PDO::FETCH_COLUMN'],
            [$each($one, PDO::FETCH_NUM), 'PDO::FETCH_COLUMN'],
            [$all($one, PDO::FETCH_ASSOC), 'PDO::FETCH_COLUMN'],
            [$each($one, PDO::FETCH_ASSOC), 'PDO::FETCH_COLUMN'],
            [$all($one, PDO::FETCH_NAMED), 'PDO::FETCH_COLUMN'],
            [$all($one, PDO::FETCH_BOTH), 'PDO::FETCH_COLUMN'],
            [$each($one), 'PDO::FETCH_COLUMN'],
            [$all($one, PDO::FETCH_OBJ), 'PDO::FETCH_COLUMN'],
            [$each($one, PDO::FETCH_OBJ), 'PDO::FETCH_COLUMN'],
            [$each($one, PDO::FETCH_LAZY), 'PDO::FETCH_COLUMN'],
            [$all($one, PDO::FETCH_CLASS, User::class), 'PDO::FETCH_COLUMN'],
            [$each($one, PDO::FETCH_CLASS, User::class, []), 'PDO::FETCH_COLUMN'],
            [$each($one, PDO::FETCH_INTO, new User()), 'PDO::FETCH_COLUMN'],
            [$each($two, PDO::FETCH_KEY_PAIR), 'PDO::FETCH_COLUMN'],
            [$all($two, PDO::FETCH_GROUP | PDO::FETCH_COLUMN), 'PDO::FETCH_COLUMN'],
            [$all($two, PDO::FETCH_GROUP | PDO::FETCH_ASSOC), 'PDO::FETCH_COLUMN'],
            [$all($two, PDO::FETCH_UNIQUE | PDO::FETCH_ASSOC), 'PDO::FETCH_COLUMN'],
            [$all($two, PDO::FETCH_UNIQUE | PDO::FETCH_OBJ), 'PDO::FETCH_COLUMN'],
            ] as $at => [$fetch, $says]
        ) {
            if ($says === true) {
                self::assertSame(3, $client->massUpdate($fetch(), "ids $at", 1)->confirmed);
                self::assertSame([15, 22, 31], array_keys($sandbox->ledger("ids $at")), "ids $at");
            } else {
                self::assertThrows(InvalidArgument::class, fn () => $client->massUpdate($fetch(), "ids $at", 1), $says);
            }
        }
        foreach (
            [
            [$all($two, PDO::FETCH_NUM), true],
            [$each($two, PDO::FETCH_NUM), true],
            [$all($two, PDO::FETCH_KEY_PAIR), true],
            [$all($two, PDO::FETCH_FUNC, $pair), true],
            [$all($two, PDO::FETCH_UNIQUE | PDO::FETCH_COLUMN), true],
            [$all($two, PDO::FETCH_ASSOC), 'PDO::FETCH_NUM'],
            [$each($two, PDO::FETCH_ASSOC), 'PDO::FETCH_NUM'],
            [$all($two, PDO::FETCH_NAMED), 'PDO::FETCH_NUM'],
            [$all($two, PDO::FETCH_BOTH), 'PDO::FETCH_NUM'],
            [$each($two), 'PDO::FETCH_NUM'],
            [$all($two, PDO::FETCH_OBJ), 'PDO::FETCH_NUM'],
            [$each($two, PDO::FETCH_LAZY), 'PDO::FETCH_NUM'],
            [$all($two, PDO::FETCH_CLASS, User::class), 'PDO::FETCH_NUM'],
            [$each($two, PDO::FETCH_CLASS, User::class, []), 'PDO::FETCH_NUM'],
            [$each($two, PDO::FETCH_INTO, new User()), 'PDO::FETCH_NUM'],
            [$each($two, PDO::FETCH_KEY_PAIR), '->fetchAll(PDO::FETCH_KEY_PAIR)'],
            [$all($two, PDO::FETCH_COLUMN), 'PDO::FETCH_NUM'],
            [$all($two, PDO::FETCH_GROUP | PDO::FETCH_NUM), 'PDO::FETCH_GROUP | PDO::FETCH_COLUMN'],
            [$all($two, PDO::FETCH_GROUP | PDO::FETCH_ASSOC), 'PDO::FETCH_GROUP | PDO::FETCH_COLUMN'],
            [$all($two, PDO::FETCH_GROUP | PDO::FETCH_OBJ), 'PDO::FETCH_GROUP | PDO::FETCH_COLUMN'],
            [$all($two, PDO::FETCH_UNIQUE | PDO::FETCH_ASSOC), 'PDO::FETCH_NUM'],
            [$all($two, PDO::FETCH_UNIQUE | PDO::FETCH_OBJ), 'PDO::FETCH_NUM'],
            [static fn () => $database->query($two)->fetch(PDO::FETCH_NUM), 'PDO::FETCH_NUM'],
            ] as $at => [$fetch, $says]
        ) {
            if ($says === true) {
                self::assertSame(3, $client->massUpdateRows($fetch(), "rows $at")->confirmed);
                self::assertSame($points, $sandbox->ledger("rows $at"), "rows $at");
            } else {
                self::assertThrows(InvalidArgument::class, fn () => $client->massUpdateRows($fetch(), "rows $at"), $says);
            }
        }

        // Several choices of each user.
        $database->exec('CREATE TABLE colours (id INTEGER, colour TEXT)');
        $database->exec("INSERT INTO colours VALUES (15, 'red'), (22, 'green'), (15, 'blue')");
        $choices = $database->query('SELECT id, colour FROM colours')->fetchAll(PDO::FETCH_GROUP | PDO::FETCH_COLUMN);
        self::assertSame(2, $client->massUpdateRows($choices, 'colours')->confirmed);
        self::assertSame([15 => '["red","blue"]', 22 => '["green"]'], $sandbox->ledger('colours'));
    }

    public function testRow91CollectionsOfFrameworks(): void
    {
        $sandbox = new Sandbox();
        $client = $sandbox->client();
        $models = [3 => new User(15, 7), 8 => new User(22, 9), 9 => new User(31, 7)];
        $lazily = static fn (Closure $each): IteratorAggregate => new LazyCollectionLike(static function () use ($models, $each) {
            foreach ($models as $key => $user) {
                yield $key => $each($user);
            }
        });
        // ->pluck('id') of a query, which keeps no keys, and ->map() of a filtered collection, which does.
        self::assertSame(3, $client->massUpdate(new CollectionLike([15, 22, 31]), 'a', 1)->confirmed);
        self::assertSame(3, $client->massUpdate($lazily(fn (User $user) => $user->id), 'b', 1)->confirmed);
        self::assertSame([15, 22, 31], array_keys($sandbox->ledger('b')));
        // ->pluck('points', 'id'): with ->all() it is an array of id => value.
        $points = new CollectionLike([15 => 7, 22 => 9, 31 => 7]);
        self::assertThrows(InvalidArgument::class, fn () => $client->massUpdateRows($points, 'c'), 'iterator_to_array($rows)');
        self::assertSame(3, $client->massUpdateRows(iterator_to_array($points), 'c')->confirmed);
        self::assertSame([15 => '7', 22 => '9', 31 => '7'], $sandbox->ledger('c'));
        // ->map() to pairs: with ->values() their keys are positions.
        $pairs = $lazily(fn (User $user): array => [$user->id, $user->points]);
        self::assertThrows(InvalidArgument::class, fn () => $client->massUpdateRows($pairs, 'd'), 'iterator_to_array($rows, false)');
        self::assertSame(3, $client->massUpdateRows(iterator_to_array($pairs, false), 'd')->confirmed);
        self::assertSame([15 => '7', 22 => '9', 31 => '7'], $sandbox->ledger('d'));
        // Models themselves.
        self::assertThrows(InvalidArgument::class, fn () => $client->massUpdate($lazily(fn (User $user) => $user), 'e', 1), '->pluck("id")');
    }

    public function testRow91APairMayHoldWhatAMapMayNot(): void
    {
        $sandbox = new Sandbox();
        $client = $sandbox->client();
        self::assertSame(2, $client->massUpdateRows([[15, ['city' => 'X']], [22, new ModelLike()]], 'profile')->confirmed);
        self::assertSame([15 => '{"city":"X"}', 22 => '{"id":5,"points":7}'], $sandbox->ledger('profile'));
        self::assertSame(2, $client->massUpdateRowsCustomIds(['u-1' => ['city' => 'X'], 'u-2' => 'x'], 'profile')->confirmed);
    }

    public function testRow67AnIdIsTakenOnlyIfItIsWrittenBackTheSame(): void
    {
        $sandbox = new Sandbox();
        $client = $sandbox->client();
        $texts = ['000123', ' 5', '5 ', '5.0', '1e3', '+5', '-0', '0x1A', '1_000', '1,000', '٣', '5abc', "5\0", "\u{FEFF}5"];
        foreach ($texts as $text) {
            foreach (
                [
                'massUpdateCustomIds()' => fn () => $client->massUpdate([1, $text], 'plan', 1),
                'massUpdateRowsCustomIds()' => fn () => $client->massUpdateRows([[1, 'a'], [$text, 'b']], 'plan'),
                ] as $hint => $run
            ) {
                $e = self::assertThrows(InvalidArgument::class, $run, 'ids: the id at position 1 (counted from 0) is ');
                self::assertStringContainsString("your own ids go to $hint", $e->getMessage());
            }
        }
        foreach ([true, false, null, 5.0, NAN, [5], STDIN] as $other) {
            self::assertThrows(InvalidArgument::class, fn () => $client->massUpdate([1, $other], 'plan', 1), 'position 1 (counted from 0) is ');
        }
        self::assertThrows(InvalidArgument::class, fn () => $client->massUpdateRows(['007' => 'a'], 'plan'), 'has the key "007"');
        self::assertThrows(InvalidArgument::class, fn () => $client->massUpdate(["\u{FEFF}5"], 'plan', 1), 'is "\ufeff5"');
        self::assertThrows(InvalidArgument::class, fn () => $client->massUpdate(["5\u{A0}"], 'plan', 1), 'is "5\u00a0"');
        self::assertThrows(InvalidArgument::class, fn () => $client->massUpdate(['żółw'], 'plan', 1), 'is "żółw"');
        self::assertThrows(InvalidArgument::class, fn () => $client->massUpdate(['9223372036854775808'], 'plan', 1), 'whole numbers up to 9223372036854775807');
        self::assertSame([], $sandbox->requests());
        self::assertSame(2, $client->massUpdate(['5', '9223372036854775807'], 'plan', 1)->confirmed);
    }

    public function testCustomIdsArriveAsTheyAreAlsoTheBase64OfMagento(): void
    {
        $ids = ['MTIz', 'MQ==', 'a+b/c=', '000123', ' 5', 'e@x.pl', "it's", 'żółw', '😀'];
        $users = new TempFile("id,custom_id\n" . implode("\n", array_map(fn (int $at): string => ($at + 1) . ",$ids[$at]", array_keys($ids))) . "\n");
        $sandbox = new Sandbox('--users', $users->path, '--unknown-ids', 'reject');
        $report = $sandbox->client()->massUpdateCustomIds([...$ids, '123', 'MQ', '5'], 'plan', 'pro');
        self::assertSame(['123', 'MQ', '5'], array_map(fn ($failure) => $failure->id, iterator_to_array($report->failures())));
        self::assertSame(range(1, count($ids)), array_keys($sandbox->ledger('plan')));
    }

    public function testRow73WhatTheLibraryFindsInvalidAmongRowsHasThePositionOfTheRow(): void
    {
        $sandbox = new Sandbox();
        $client = $sandbox->client();
        $rows = [[1, 'a'], [2, 'a'], [3, 'b'], [4, str_repeat('x', 65536)], [5, 'b']];
        self::assertThrows(InvalidArgument::class, fn () => $client->massUpdateRows($rows, 'plan'), 'rows: the value at position 3 (counted from 0): is 65538 bytes');
        $rows[3] = [4, new \UserCom\Json('{"a":')];
        self::assertThrows(InvalidArgument::class, fn () => $client->massUpdateRows($rows, 'plan'), 'rows: the value at position 3 (counted from 0): is not one JSON value');
        $rows[3] = [4, null];
        self::assertThrows(InvalidArgument::class, fn () => $client->massUpdateRows($rows, 'plan'), 'rows: the value at position 3 (counted from 0): null');
        $many = array_map(fn (int $id): array => [$id, $id], range(1, 50_001));
        self::assertThrows(InvalidArgument::class, fn () => $client->massUpdateRows($many, 'plan'), 'rows: 50001 distinct values');
        self::assertSame([], $sandbox->requests());
    }

    public function testAGeneratorThatThrowsWhileIdsAreReadSendsNothing(): void
    {
        $sandbox = new Sandbox();
        $client = $sandbox->client();
        $fails = static function (): Generator {
            yield 1;
            yield [2, 'x'];
            throw new DomainException('the database is gone');
        };
        $pairs = static function (): Generator {
            yield [1, 'a'];
            throw new DomainException('the database is gone');
        };
        $numbers = static function (): Generator {
            yield from range(1, 5000);
            throw new DomainException('the database is gone');
        };
        self::assertThrows(DomainException::class, fn () => $client->massUpdate($numbers(), 'plan', 1), 'the database is gone');
        self::assertThrows(DomainException::class, fn () => $client->massUpdateCustomIds($fails(), 'plan', 1), 'the database is gone');
        self::assertThrows(DomainException::class, fn () => $client->massUpdateRows($pairs(), 'plan'), 'the database is gone');
        self::assertSame([], $sandbox->requests());
    }

    public function testACallerWithoutStrictTypes(): void
    {
        $sandbox = new Sandbox();
        [$code, $output] = self::script(<<<'PHP'
            $client = new UserCom\Client('acme', getenv('TOKEN'), baseUrl: getenv('URL'), rateLimit: '9', workers: '2');
            echo $client->massUpdate(ids: [], attribute: 'a', value: 1)->status, ' ';
            echo $client->massUpdate(ids: ['1', 2], attribute: 5, value: '7', deadline: '60')->confirmed, ' ';
            foreach ([['5.0'], ['1e3'], [true], [1.0]] as $ids) {
                try {
                    $client->massUpdate($ids, 'a', 1);
                } catch (UserCom\Error\InvalidArgument $e) {
                    echo 'invalid ';
                }
            }
            PHP, [], ['TOKEN' => Sandbox::TOKEN, 'URL' => $sandbox->url]);
        self::assertSame([0, '0 2 invalid invalid invalid invalid '], [$code, $output]);
        self::assertSame([1 => '"7"', 2 => '"7"'], $sandbox->ledger('5'));
    }
}
