<?php

declare(strict_types=1);

namespace UserCom\Tests;

use ArrayObject;
use DateTime;
use DateTimeImmutable;
use DateTimeZone;
use UserCom\Date;
use UserCom\Error\InvalidArgument;
use UserCom\Json;
use UserCom\Tests\Fixtures\Address;
use UserCom\Tests\Fixtures\Plan;
use stdClass;

/** What is sent, to the byte, and what is invalid before anything is sent. */
final class ValuesTest extends TestCase
{
    private static function values(): array
    {
        $utc = new DateTimeZone('UTC');

        return [
            [true, 'true'], [false, 'false'],
            [0, '0'], [-5, '-5'], [PHP_INT_MAX, '9223372036854775807'], [PHP_INT_MIN, '-9223372036854775808'],
            [2.0, '2.0'], [0.1, '0.1'], [0.1 + 0.2, '0.30000000000000004'], [-0.0, '-0.0'], [1e25, '1e+25'],
            ['', '""'], ["a\0b", '"a\u0000b"'], ['pro', '"pro"'], ['007', '"007"'], ['true', '"true"'],
            ["a\"b\\c/d\n\t\u{1F600}\u{2028}é", "\"a\\\"b\\\\c/d\\n\\t\u{1F600}\u{2028}é\""],
            [new Date('2026-11-23'), '"2026-11-23"'],
            [Date::of(2026, 1, 2), '"2026-01-02"'],
            [Date::from(new DateTime('2026-01-02 00:30', new DateTimeZone('Europe/Warsaw'))), '"2026-01-02"'],
            [new DateTimeImmutable('2026-01-02 00:30', new DateTimeZone('Europe/Warsaw')), '"2026-01-01T23:30:00Z"'],
            [new DateTime('2026-01-02T03:04:05', $utc), '"2026-01-02T03:04:05Z"'],
            [new DateTime('2026-01-02T03:04:05.120', $utc), '"2026-01-02T03:04:05.120Z"'],
            [new DateTime('2026-01-02T03:04:05.120001', $utc), '"2026-01-02T03:04:05.120001Z"'],
            [['red', 'blue'], '["red","blue"]'], [[], '[]'], [new stdClass(), '{}'],
            [['a' => 1, 'b' => [2.0, null]], '{"a":1,"b":[2.0,null]}'],
            [['on' => new Date('2026-11-23'), 'at' => new DateTime('@0')], '{"on":"2026-11-23","at":"1970-01-01T00:00:00Z"}'],
            [new Address(), '{"city":"Łódź","flat":7}'],
            [Plan::Pro, '"pro"'],
            [new Json('9007199254740993'), '9007199254740993'],
            [new Json('0.10'), '0.10'], [new Json('1e3'), '1e3'], [new Json('{"a": [1, 2]}'), '{"a": [1, 2]}'],
        ];
    }

    public function testValuesArriveAsExactlyThisJSONText(): void
    {
        $sandbox = new Sandbox();
        $client = $sandbox->client();
        foreach (self::values() as $at => [$value, $json]) {
            self::assertSame(1, $client->massUpdate([1], "v$at", $value)->confirmed);
            self::assertSame([1 => $json], $sandbox->ledger("v$at"));
        }
        self::assertSame(1, $client->massUpdate([1], 'nothing', null, allowNull: true)->confirmed);
        self::assertSame([1 => 'null'], $sandbox->ledger('nothing'));
    }

    public function testFloatsAreExactWhateverTheIniSettingsSay(): void
    {
        $sandbox = new Sandbox();
        $before = ini_set('serialize_precision', '17');
        try {
            $sandbox->client()->massUpdate([1], 'price', 0.1);
            self::assertSame('17', ini_get('serialize_precision'));
        } finally {
            ini_set('serialize_precision', $before);
        }
        self::assertSame([1 => '0.1'], $sandbox->ledger('price'));
    }

    public function testValuesThatCanNotBeSentAreInvalidWithAReason(): void
    {
        $sandbox = new Sandbox();
        $client = $sandbox->client();
        $invalid = [
            [NAN, 'value: is NAN, which does not exist in JSON'],
            [-INF, 'value: is -INF, which does not exist in JSON'],
            [['x' => [1, INF]], 'value[x][1]: is INF'],
            [null, 'set allowNull to send it'],
            ["caf\xe9", 'value: is text that is not UTF-8'],
            [['ok', "caf\xe9"], 'value[1]: is text that is not UTF-8'],
            [new Json("1\0"), 'value: has a NUL byte'],
            [new Json('pro'), 'text needs quotes'],
            [new Json('1 2'), 'not one JSON value'],
            [new Json(''), 'value: is empty'],
            [[new Json('1')], 'inside of an array'],
            [new ArrayObject([1]), 'value: is of type ArrayObject'],
            [fopen('php://memory', 'r'), 'value: is of type resource'],
            [(new DateTimeImmutable())->setDate(10000, 1, 1), 'four digits'],
            [str_repeat('x', 65536), 'at most 65536'],
        ];
        foreach ($invalid as [$value, $says]) {
            self::assertThrows(InvalidArgument::class, fn () => $client->massUpdate([1], 'plan', $value), $says);
        }
        $loop = [];
        $loop['again'] = &$loop;
        self::assertThrows(InvalidArgument::class, fn () => $client->massUpdate([1], 'plan', $loop), 'holds itself');
        self::assertSame([], $sandbox->requests());
    }

    public function testDatesThatDoNotExistAreInvalid(): void
    {
        foreach (['2026-02-29', '2026-13-01', '2026-00-10', '0000-01-01'] as $text) {
            self::assertThrows(InvalidArgument::class, fn () => new Date($text), "there is no date $text");
        }
        foreach (['2026-1-2', '23.11.2026', "2026-11-23\n", '2026-11-23T00:00:00Z', ''] as $text) {
            self::assertThrows(InvalidArgument::class, fn () => new Date($text), 'YYYY-MM-DD');
        }
        self::assertThrows(InvalidArgument::class, fn () => Date::of(2026, 2, 29), 'there is no date 2026-2-29');
        self::assertThrows(InvalidArgument::class, fn () => Date::of(10000, 1, 1), 'there is no date');
        self::assertSame('"2028-02-29"', json_encode(Date::of(2028, 2, 29)));
    }
}
