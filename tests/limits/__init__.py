"""Where does rfcalc stop, and does its table of limits say so?"""
