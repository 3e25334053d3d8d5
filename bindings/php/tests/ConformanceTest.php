<?php

declare(strict_types=1);

namespace UserCom\Tests;

use DateTimeImmutable;
use UserCom\Date;
use UserCom\Error\InvalidArgument;
use UserCom\Json;

/** The cases of tests/conformance/values.json: the same value is the same bytes from every language. */
final class ConformanceTest extends TestCase
{
    /** What a case of this type holds, as PHP has it. */
    private static function conforming(string $type, mixed $value): mixed
    {
        return match ($type) {
            'boolean' => $value === 'true',
            'integer' => (int) $value,
            'float' => match ($value) {
                'nan' => NAN,
                'inf' => INF,
                '-inf' => - INF,
                default => (float) $value,
            },
            'text', 'choices', 'null' => $value,
            'date' => new Date($value),
            'datetime' => new DateTimeImmutable($value),
            'json' => new Json($value),
        };
    }

    public function testTheSameValueIsTheSameBytesFromEveryLanguage(): void
    {
        $path = PACKAGE . '/../../tests/conformance/values.json';
        $cases = json_decode((string) file_get_contents($path), true, 16, JSON_THROW_ON_ERROR);
        $cases = array_filter($cases, static fn (array $case): bool => !isset($case['not_in']['php']));
        self::assertTrue(count($cases) >= 45, 'there are cases');
        $sandbox = new Sandbox();
        $client = $sandbox->client();
        $wrong = [];
        foreach ($cases as $at => $case) {
            $expected = $case['sent'] ?? ($case['invalid_in']['php'] ?? $case['invalid']) . ': ';
            try {
                $value = self::conforming($case['type'], $case['value']);
                $client->massUpdate([1], "v$at", $value, allowNull: $case['allow_null'] ?? false);
                $actual = $sandbox->ledger("v$at")[1] ?? 'nothing';
            } catch (InvalidArgument $e) {
                $actual = isset($case['invalid']) ? substr($e->getMessage(), 0, strlen($expected)) : $e->getMessage();
                self::assertTrue(!in_array("v$at", array_column($sandbox->requests(), 'attribute'), true), $case['name']);
            }
            if ($actual !== $expected) {
                $wrong[] = "{$case['name']}: $actual, not $expected";
            }
        }
        self::assertTrue($wrong === [], implode("\n        ", $wrong));
    }
}
