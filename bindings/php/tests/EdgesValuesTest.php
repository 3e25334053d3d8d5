<?php

declare(strict_types=1);

namespace UserCom\Tests;

use ArrayObject;
use Closure;
use DateInterval;
use DateTime;
use DateTimeImmutable;
use DateTimeZone;
use LogicException;
use ReflectionProperty;
use SplFileInfo;
use SplObjectStorage;
use UserCom\Error\InvalidArgument;
use UserCom\Internal\Encoder;
use UserCom\Json;
use UserCom\Tests\Fixtures\Broken;
use UserCom\Tests\Fixtures\CarbonLike;
use UserCom\Tests\Fixtures\Gives;
use UserCom\Tests\Fixtures\NetteLike;
use UserCom\Tests\Fixtures\Plan;
use UserCom\Tests\Fixtures\Size;
use UserCom\Tests\Fixtures\Suit;
use stdClass;

/** Values at their edges: one rule for each kind at any depth, and nothing that is sent without being meant. */
final class EdgesValuesTest extends TestCase
{
    public function testRow90ADateTimeIsUTCAtAnyDepthWhateverItSaysOfItself(): void
    {
        $warsaw = new DateTimeZone('Europe/Warsaw');
        $utc = '"2026-11-23T09:00:00Z"';
        $sandbox = new Sandbox();
        $client = $sandbox->client();
        foreach ([CarbonLike::class, NetteLike::class, DateTime::class, DateTimeImmutable::class] as $class) {
            $moment = new $class('2026-11-23 10:00', $warsaw);
            $object = new stdClass();
            $object->at = [$moment];
            foreach (
                [
                [$moment, $utc],
                [[$moment, 'x'], "[$utc,\"x\"]"],
                [['a' => ['b' => $moment]], "{\"a\":{\"b\":$utc}}"],
                [$object, "{\"at\":[$utc]}"],
                [new Gives($moment), $utc],
                [new Gives(['at' => new Gives([$moment])]), "{\"at\":[$utc]}"],
                ] as [$value, $json]
            ) {
                self::assertSame($json, Encoder::json($value), $class);
            }
            $client->massUpdate([1], 'seen', $moment);
            $client->massUpdateRows([[2, $moment], [3, ['at' => $moment]]], 'seen');
            self::assertSame([1 => $utc, 2 => $utc, 3 => "{\"at\":$utc}"], $sandbox->ledger('seen'), $class);
        }
    }

    public function testRow90ZonesAndSummerTime(): void
    {
        foreach ([CarbonLike::class, NetteLike::class, DateTime::class, DateTimeImmutable::class] as $class) {
            foreach (
                [
                // The hour that is there twice in autumn, the one that is not in spring, and zones by each kind of name.
                ['2026-10-25T02:30:00+02:00', '"2026-10-25T00:30:00Z"'],
                ['2026-10-25T02:30:00+01:00', '"2026-10-25T01:30:00Z"'],
                ['2026-10-25T02:30:00 CEST', '"2026-10-25T00:30:00Z"'],
                ['2026-10-25T02:30:00 CET', '"2026-10-25T01:30:00Z"'],
                ['2026-03-29T01:59:59 Europe/Warsaw', '"2026-03-29T00:59:59Z"'],
                ['2026-03-29T03:00:00 Europe/Warsaw', '"2026-03-29T01:00:00Z"'],
                ['2026-07-01T00:00:00 America/New_York', '"2026-07-01T04:00:00Z"'],
                ['2026-01-01T00:00:00 America/New_York', '"2026-01-01T05:00:00Z"'],
                ['2026-04-05T02:15:00 Australia/Lord_Howe', '"2026-04-04T15:45:00Z"'],
                ['@1795424400.5', '"2026-11-23T09:00:00.500Z"'],
                ] as [$text, $json]
            ) {
                $moment = new $class($text);
                $before = [$moment->getTimestamp(), $moment->getTimezone()->getName()];
                self::assertSame($json, Encoder::json($moment), "$class $text");
                self::assertSame($before, [$moment->getTimestamp(), $moment->getTimezone()->getName()], 'it was changed');
            }
        }
        // Whatever zone PHP has by default, and whatever a class makes of its own methods.
        $zone = date_default_timezone_get();
        date_default_timezone_set('Asia/Kathmandu');
        try {
            self::assertSame('"2026-11-23T04:15:00Z"', Encoder::json(new DateTime('2026-11-23 10:00')));
            $odd = new class ('2026-11-23 10:00') extends DateTimeImmutable {
                public function format(string $format): string
                {
                    return 'poniedziałek';
                }

                #[\ReturnTypeWillChange]
                public function setTimezone($timezone)
                {
                    return $this;
                }
            };
            self::assertSame('"2026-11-23T04:15:00Z"', Encoder::json($odd));
            self::assertSame('"2026-11-23"', Encoder::json(\UserCom\Date::from($odd)));
        } finally {
            date_default_timezone_set($zone);
        }
        $days = new \DatePeriod(new DateTime('2026-03-28 12:00 Europe/Warsaw'), new DateInterval('P1D'), 1);
        self::assertSame('["2026-03-28T11:00:00Z","2026-03-29T10:00:00Z"]', Encoder::json(iterator_to_array($days)));
    }

    public function testRow90FractionsExtremeOffsetsAndYears(): void
    {
        foreach (
            [
            ['2026-11-23T10:00:00.5+01:00', '"2026-11-23T09:00:00.500Z"'],
            ['2026-11-23T10:00:00.000001+00:00', '"2026-11-23T10:00:00.000001Z"'],
            ['2026-11-23T10:00:00.999999+14:00', '"2026-11-22T20:00:00.999999Z"'],
            ['2026-11-23T10:00:00-12:00', '"2026-11-23T22:00:00Z"'],
            ['2026-11-23T10:00:00+05:45', '"2026-11-23T04:15:00Z"'],
            ['2026-03-29T02:30:00 Europe/Warsaw', '"2026-03-29T01:30:00Z"'],
            ['1969-12-31T23:59:59.9Z', '"1969-12-31T23:59:59.900Z"'],
            ['0001-01-01T00:00:00Z', '"0001-01-01T00:00:00Z"'],
            ['9999-12-31T23:59:59Z', '"9999-12-31T23:59:59Z"'],
            ] as [$text, $json]
        ) {
            self::assertSame($json, Encoder::json(new CarbonLike($text)), $text);
        }
        $outside = [
            (new CarbonLike())->setDate(0, 6, 1),
            (new CarbonLike())->setDate(-1, 6, 1),
            (new CarbonLike())->setDate(10000, 1, 1),
            new DateTime('9999-12-31T23:00:00-02:00'), // 10000 in UTC
            new DateTime('0001-01-01T00:00:00+01:00'), // 0000 in UTC
        ];
        foreach ($outside as $moment) {
            self::assertThrows(InvalidArgument::class, fn () => Encoder::json(['a' => [$moment]]), 'value[a][0]: the year of ');
        }
        self::assertThrows(InvalidArgument::class, fn () => \UserCom\Date::from($outside[2]), 'the year of 10000-01-01 does not have four digits');
    }

    public function testRow90WhatJsonSerializeReturnsFollowsTheRulesOfEveryOtherValue(): void
    {
        self::assertSame('2.0', Encoder::json(new Gives(2.0)));
        self::assertSame('[0.1,"7",null]', Encoder::json(new Gives([0.1, '7', null])));
        self::assertSame('["red","blue"]', Encoder::json(new Gives([1 => 'red', 4 => 'blue'])));
        self::assertSame('{"seen":7}', Encoder::json(new Gives(fn (Gives $self): Gives => $self)), 'itself: its public properties');
        foreach (
            [
            [new Gives(['x' => NAN]), 'value[x]: is NAN'],
            [new Gives(new Gives(INF)), 'value: is INF'],
            [new Gives(["caf\xe9"]), 'value[0]: is text that is not UTF-8'],
            [new Gives(new ArrayObject([1])), 'value: is of type ArrayObject; send an array: iterator_to_array($value)'],
            [new Gives(new Json('1')), 'give the whole value as one UserCom\Json'],
            [new Gives(fn (): Gives => new Gives(fn () => throw new LogicException('never'))), 'never'],
            ] as [$value, $says]
        ) {
            $class = $says === 'never' ? LogicException::class : InvalidArgument::class;
            self::assertThrows($class, fn () => Encoder::json($value), $says);
        }
    }

    public function testRow90DepthAndSizeAreBounded(): void
    {
        $endless = fn (Gives $self): Gives => new Gives((new ReflectionProperty($self, 'value'))->getValue($self));
        self::assertThrows(InvalidArgument::class, fn () => Encoder::json(new Gives($endless)), 'value: is nested more than 100 deep, or holds itself');
        $loop = new stdClass();
        $loop->left = $loop->right = $loop;
        self::assertThrows(InvalidArgument::class, fn () => Encoder::json(['x' => $loop], 'rows: the value at position 3'), 'rows: the value at position 3: is nested');
        $doubled = ['x'];
        for ($times = 0; $times < 40; ++$times) {
            $doubled = [$doubled, $doubled];
        }
        self::assertThrows(InvalidArgument::class, fn () => Encoder::json($doubled), 'at most 65536 bytes');
        $deep = 1;
        for ($times = 0; $times < 100; ++$times) {
            $deep = [$deep];
        }
        self::assertSame(str_repeat('[', 100) . '1' . str_repeat(']', 100), Encoder::json($deep));
        $sandbox = new Sandbox();
        self::assertSame(1, $sandbox->client()->massUpdate([1], 'plan', $deep)->confirmed);
    }

    public function testRow91AListWithGapsIsAListAKeyOfTextMakesAnObject(): void
    {
        self::assertSame('["S","L"]', Encoder::json(array_filter(['S', '', 'L'])));
        self::assertSame('["b","a"]', Encoder::json([5 => 'b', 2 => 'a']));
        self::assertSame('{"0":"a","x":"b"}', Encoder::json(['a', 'x' => 'b']));
        self::assertSame('{"2026":5,"2027":7}', Encoder::json((object) [2026 => 5, 2027 => 7]));
        self::assertSame('[[1],[2]]', Encoder::json([3 => [1 => 1], 9 => [4 => 2]]));
        self::assertSame('{"":1}', Encoder::json(['' => 1]));
        self::assertSame('{"é/\"":1}', Encoder::json(['é/"' => 1]));
        self::assertThrows(InvalidArgument::class, fn () => Encoder::json(["caf\xe9" => 1]), 'value: a key: is text that is not UTF-8');
        self::assertThrows(InvalidArgument::class, fn () => Encoder::json(["\0*\0secret" => 1]), 'value: a key: has a NUL byte');
        self::assertThrows(InvalidArgument::class, fn () => Encoder::json((object) ["\0x" => 1]), 'value: a key: has a NUL byte');
    }

    public function testRow90Objects(): void
    {
        self::assertSame('{"a":{"b":[]},"c":{}}', Encoder::json((object) ['a' => (object) ['b' => []], 'c' => new stdClass()]));
        self::assertSame('[3,"pro"]', Encoder::json([Size::Large, Plan::Pro]));
        $plain = new class () {
            public string $city = 'Łódź';
        };
        foreach (
            [
            [new DateInterval('P1D'), 'is of type DateInterval, a duration; send a number'],
            [fn () => 1, 'is of type Closure; call it'],
            [fopen('php://memory', 'r'), 'is of type resource (stream); use bool'],
            [Suit::Hearts, 'is of type ' . Suit::class . ', an enum without values; send ->name'],
            [Broken::Latin1, 'is text that is not UTF-8'],
            [new SplObjectStorage(), 'is of type SplObjectStorage; send an array'],
            [(fn () => yield 1)(), 'is of type Generator; send an array'],
            [new SplFileInfo('/tmp'), 'is of type SplFileInfo; send (string) $value'],
            [$plain, 'is of type class@anonymous; use bool'],
            [new DateTimeZone('UTC'), 'is of type DateTimeZone; use bool'],
            ] as [$value, $says]
        ) {
            self::assertThrows(InvalidArgument::class, fn () => Encoder::json([1, 'x' => $value]), "value[x]: $says");
        }
    }

    public function testRow93ANumberHasTheSameBytesAsInEveryOtherLanguage(): void
    {
        $numbers = [
            [0.1, '0.1'], [2.0, '2.0'], [-0.0, '-0.0'], [0.0, '0.0'], [1e15, '1000000000000000.0'], [1e16, '1e+16'],
            [12345678901234567.0, '1.2345678901234568e+16'], [1.5e300, '1.5e+300'], [1e308, '1e+308'], [PHP_FLOAT_MAX, '1.7976931348623157e+308'],
            [0.0001, '0.0001'], [0.00001, '0.00001'], [0.000001, '1e-6'], [-1.5e-7, '-1.5e-7'], [0.0000123456789, '0.0000123456789'],
            [5e-324, '5e-324'], [2.5e-310, '2.5e-310'], [PHP_FLOAT_MIN, '2.2250738585072014e-308'], [0.1 + 0.2, '0.30000000000000004'],
            [123456.789, '123456.789'], [1 / 3, '0.3333333333333333'], [9223372036854775808, '9.223372036854776e+18'],
        ];
        $check = static function () use ($numbers): void {
            foreach ($numbers as [$number, $json]) {
                self::assertSame($json, Encoder::json($number));
                self::assertSame("{\"x\":[$json]}", Encoder::json(['x' => [$number]]));
                self::assertSame($number, json_decode($json) + 0.0, $json);
            }
        };
        $check();
        $before = [ini_get('precision'), ini_get('serialize_precision'), setlocale(LC_NUMERIC, '0')];
        foreach (['-1', '0', '5', '17', '100'] as $setting) {
            ini_set('precision', $setting);
            ini_set('serialize_precision', $setting);
            setlocale(LC_NUMERIC, 'de_DE.UTF-8', 'pl_PL.UTF-8', 'C');
            try {
                $check();
            } finally {
                ini_set('precision', $before[0]);
                ini_set('serialize_precision', $before[1]);
                setlocale(LC_NUMERIC, $before[2]);
            }
        }
    }

    public function testRow69TextOfDigitsStaysTextAtAnyDepth(): void
    {
        $sandbox = new Sandbox();
        $client = $sandbox->client();
        foreach (['90210', '02134', '12345678901234567890123456', '1e3', '5.0', 'true', 'null', ' 7', '-0'] as $at => $text) {
            $client->massUpdate([1], "t$at", $text);
            self::assertSame([1 => "\"$text\""], $sandbox->ledger("t$at"));
            self::assertSame("[\"$text\",{\"k\":\"$text\"}]", Encoder::json([$text, ['k' => $text]]));
        }
    }
}
