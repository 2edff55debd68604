// As much of Arduino's core as the sketch of docs/devices.md uses, declared only: it is compiled, not run.
// What the core says explicitly or not at all is so here, for a sketch must not compile that the core refuses.
#pragma once

class String {
 public:
  String(const char *text = "");
  explicit String(int number, unsigned char base = 10);
  explicit String(double number, unsigned char decimals = 2);
};
String operator+(const String &text, const char *more);
String operator+(const String &text, const String &more);
String operator+(const String &text, int more);
String operator+(const String &text, double more);

void delay(unsigned long ms);
int analogRead(int pin);
static const int A0 = 36;

void setup();
void loop();
